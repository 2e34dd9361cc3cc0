#!/bin/sh
# Runs the probe (observe.sh) where Terraform runs, and lets through nothing but its answer. See on-host.sh.
#
#   probe.sh SCRIPT... -- SSH COMMAND...
#
# Expects   what on-host.sh expects.
# Changes   nothing. May run twice.
# Prints    the probe's JSON object. Exit status: that of on-host.sh, or 1 where something else was printed: Terraform takes
#           all of it for the answer, and so would the docker provider on the same connection.
set -eu

complaints=$(mktemp)
trap 'rm -f -- "$complaints"' EXIT
status=0
answer=$(sh "$(dirname -- "$0")/on-host.sh" "$@" 2>"$complaints") || status=$?
cat -- "$complaints" >&2
case $status:$answer in
  0:'{"unrecorded"'*) printf '%s\n' "$answer" ;;
  0:*)
    echo "The shell of the user who signs in prints something by itself (\"$(printf '%s\n' "$answer" | head -n 1 | cut -c 1-60)\"), and nothing was changed: take that out of its ~/.bashrc on the host, or let it print in interactive shells only." >&2
    exit 1
    ;;
  *)
    if grep -qE '^sudo: |sudo: (command )?not found' "$complaints"; then
      echo "The host scripts run as root, and nothing was changed: give the user of ssh.user sudo without a password on the host (NOPASSWD), or sign in as root." >&2
    fi
    exit "$status"
    ;;
esac
