#!/bin/sh
# Runs a program on the remote host. This script runs where Terraform runs.
#
#   run-remote.sh PROGRAM -- SSH COMMAND...
#
# PROGRAM is the name of a program beside this script, such as caddy-site/apply.
#
# Expects   the inputs of the program as environment variables INPUT_<name>. They are sent on standard input before the
#           program, as assignments to <name>: neither a secret nor a program is ever part of a command line.
# Changes   nothing itself. May run twice.
# Prints    what the program prints. Exit code: the program's own, or 255 if ssh failed.
set -eu

# terraform_process: prints its id, found in /proc without starting a process. A data source is read by the process of a
# provider, which Terraform has started.
terraform_process() {
  process=$$
  while [ "$process" -gt 1 ] && read -r line <"/proc/$process/stat"; do
    case ${line%)*} in
      *'(terraform-provi'*) ;;
      *'('*terraform* | *'('*tofu*)
        echo "process $process"
        return
        ;;
    esac
    line=${line##*) ? } process=${line%% *}
  done 2>/dev/null
  echo "process $$"
}

program=$(dirname -- "$0")/$1.sh
shift 2

# The owner marker contains this place if the state is a file, so it must be unique. A requirement compares the clock.
INPUT_from="$(id -un)@$(uname -n):$(pwd -P)"
INPUT_clock=$(date +%s)
# What all steps of one command have in common, for the history of the host: the id of a remote run, or the process of
# Terraform, or else of this script.
INPUT_run=${TFC_RUN_ID:-$(terraform_process)}
export INPUT_from INPUT_clock INPUT_run

# Single quotes keep every byte as it is; a quote inside a value becomes '\''.
assignments=$(LC_ALL=C awk 'BEGIN {
  for (name in ENVIRON) if (name ~ /^INPUT_[a-z_]+$/) {
    parts = split(ENVIRON[name], part, "\047")
    printf "%s=\047%s", substr(name, 7), part[1]
    for (i = 2; i <= parts; i++) printf "\047\\\047\047%s", part[i]
    print "\047"
  }
}')

text=$(cat -- "$program")

code=0
printf '%s\n%s\n' "$assignments" "$text" | "$@" || code=$?
if [ "$code" -eq 255 ]; then
  echo "ssh could not reach the host (its own message is above). Check ssh.host, ssh.port, ssh.user, ssh.identityFile and ssh.knownHosts in the environment file. If the host is gone for good: npx nocodb-host state discard ENVIRONMENT" >&2
fi
exit "$code"
