# The status of the disks. See remote-host/status.sh.
#
# Changes   nothing.
# Needs     remote-host/status.sh host-directory/requirements.sh

# status_disk MIB DIRECTORY...: each directory has that much free space
status_disk() {
  least_=$1
  shift
  for directory_ in "$@"; do meets room "$directory_" "$least_" || return 0; done
  fact=$(df -P -k -- "$@" 2>/dev/null | awk 'NR > 1 && ! printed[$6]++ { printf "%s%.1f GiB free at %s (%s used)", n++ ? ", " : "", $4 / 1048576, $6, $5 }') || true
  [ -n "$fact" ] || unknown="df does not say it"
}
