# Requirements of every host.
#
# Expects   [$clock]: the time of the machine that deploys, in seconds.
# Changes   nothing.
# Needs     remote-host/require.sh remote-host/engine.sh

# require_command COMMAND PACKAGE: the command is installed; PACKAGE is the Debian package that has it
require_command() {
  if ! command -v "$1" >/dev/null; then
    unmet "the host has no command '$1': install it (Debian: apt-get install $2)"
  elif [ "$1" = flock ] && ! flock --version 2>/dev/null | grep -q util-linux; then
    unmet "flock on the host is not that of util-linux, and cannot wait for a lock (that of BusyBox cannot): install util-linux"
  fi
}

# require_clock: the clock is right. Backups are named and pruned by time, and sessions and certificates expire.
require_clock() {
  # Some shells run a command that is part of an arithmetic expression.
  case ${clock-} in '' | *[!0-9]*) return 0 ;; esac
  skew_=$(($(date +%s) - clock))
  [ "${skew_#-}" -le 300 ] ||
    unmet "the clock of the host differs by ${skew_#-} s from that of the machine you deploy from: set the one that is wrong (timedatectl set-ntp true)"
}

# require_docker: the docker provider and the programs use one engine. On two, names can be equal: a deploy would remove
# the container from one, and create it on the other.
require_docker() {
  if [ "$signed_in" = root ]; then theirs_=$engine; else theirs_=$(identify_engine as_signed_in); fi
  if [ -z "$theirs_" ]; then
    output=$(as_signed_in docker version -f '{{.Server.Version}}' 2>&1) || true
    unmet "user $signed_in cannot use Docker on the host (add it to the group docker, or start the engine): $(printf '%s' "$output" | tail -n 1)"
  elif [ -n "$engine" ] && [ "${theirs_%% *}" != "${engine%% *}" ]; then
    remedy_=$(how_to_leave "$signed_in" as_signed_in)
    [ -n "$remedy_" ] || remedy_=$(how_to_leave root)
    unmet "user $signed_in and root use two Docker engines, and the app needs one for both: $signed_in uses $(describe_engine "$theirs_" as_signed_in), root uses $(describe_engine "$engine"). Choose the one with PostgreSQL and Caddy; for the system's, ${remedy_:-make both use it}"
  elif is_engine rootless "$theirs_"; then
    unmet "the Docker engine is rootless ($(describe_engine "$theirs_" as_signed_in)), and the app does not support that, because containers then see other owners of files than root sets on the host: use the system's engine"
  fi
}
