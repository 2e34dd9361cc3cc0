#!/bin/sh
# Runs host scripts on the remote host. This one runs where Terraform runs.
#
#   on-host.sh SCRIPT... -- SSH COMMAND...
#
# Expects   what the scripts need as environment variables INPUT_<name>. They travel on standard input, in front of the
#           scripts, as assignments to <name>: neither a secret nor a script ever stands on a command line.
# Changes   nothing itself. May run twice.
# Prints    what the scripts print. Exit status: the scripts' own, or 255 where ssh failed.
set -eu

here=$(dirname -- "$0")
scripts=
while [ "$1" != -- ]; do
  scripts="$scripts $here/$1"
  shift
done
shift

# For the mark of a state that is kept in a file: no two are in the same place. And the time, to compare.
INPUT_from="$(id -un)@$(uname -n):$(pwd -P)"
INPUT_clock=$(date +%s)
export INPUT_from INPUT_clock

# Single quotes keep every byte as it is; a quote inside a value becomes '\''.
assignments=$(LC_ALL=C awk 'BEGIN {
  for (name in ENVIRON) if (name ~ /^INPUT_[a-z_]+$/) {
    parts = split(ENVIRON[name], part, "\047")
    printf "%s=\047%s", substr(name, 7), part[1]
    for (i = 2; i <= parts; i++) printf "\047\\\047\047%s", part[i]
    print "\047"
  }
}')
# shellcheck disable=SC2086 # a list of file names without blanks
program=$(cat $scripts)

status=0
printf '%s\n%s\n' "$assignments" "$program" | "$@" || status=$?
if [ "$status" -eq 255 ]; then
  echo "ssh could not reach the host (its own words stand above). The settings are ssh.host, ssh.port, ssh.user, ssh.identityFile and ssh.knownHosts of the environment file. Where the host is gone for good: npm run forget -- ENVIRONMENT" >&2
fi
exit "$status"
