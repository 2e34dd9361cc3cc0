# Requirements of every host.
#
# Expects   [$clock]: the time of the machine that deploys, in seconds.
# Changes   nothing.
# Needs     remote-host/require.sh

# require_command COMMAND PACKAGE: the command is installed; PACKAGE is the Debian package that has it
require_command() {
  command -v "$1" >/dev/null || unmet "the host has no command '$1': install it (Debian: apt-get install $2)"
}

# require_clock: the clock is right. Backups are named and pruned by time, and sessions and certificates expire.
require_clock() {
  # Some shells run a command that is part of an arithmetic expression.
  case ${clock-} in '' | *[!0-9]*) return 0 ;; esac
  skew_=$(($(date +%s) - clock))
  [ "${skew_#-}" -le 300 ] ||
    unmet "the clock of the host differs by ${skew_#-} s from that of the machine you deploy from: set the one that is wrong (timedatectl set-ntp true)"
}

# require_docker: the docker provider uses the engine as the user who signs in, without sudo.
require_docker() {
  output=$(runuser -u "${SUDO_USER:-root}" -- docker version -f '{{.Server.Version}}' 2>&1) ||
    unmet "user ${SUDO_USER:-root} cannot use Docker on the host (add it to the group docker, or start the engine): $(printf '%s' "$output" | tail -n 1)"
}
