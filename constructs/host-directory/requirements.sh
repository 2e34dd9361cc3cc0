# Requirements of directories. See remote-host/require.sh.
#
# Changes   nothing.
# Needs     remote-host/require.sh

# require_room DIRECTORY MIB: the directory is writable and has free space; if it does not exist yet, its parent
require_room() {
  if [ -e "$1" ] && [ ! -d "$1" ]; then
    unmet "$1 exists, but it is not a directory: move it away, or correct baseDirectory in the environment file"
    return 0
  fi
  place_=$1
  while [ ! -d "$place_" ]; do place_=$(dirname -- "$place_"); done
  if [ ! -w "$place_" ]; then
    unmet "$place_ cannot be written to (a read-only mount?): mount it for writing, or correct baseDirectory in the environment file"
    return 0
  fi
  free_=$(df -P -k -- "$place_" | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free_" -ge "$2" ] || unmet "the disk is full: $free_ MiB free in $place_, at least $2 are needed: make room"
}

# require_user NAME: the user exists
require_user() {
  id -u -- "$1" >/dev/null 2>&1 || unmet "user $1 does not exist on the host"
}
