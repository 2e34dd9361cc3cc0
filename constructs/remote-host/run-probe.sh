#!/bin/sh
# Runs the probe. This script runs where Terraform runs: it checks that machine (preflight.sh), then passes on the
# probe's answer and nothing else.
#
#   run-probe.sh PROGRAM -- SSH COMMAND...
#
# Expects   what run-remote.sh expects.
# Changes   nothing. May run twice.
# Prints    the probe's JSON object. Exit code: that of run-remote.sh, or 1 if the host printed anything else. Terraform
#           would take that for the answer, and so would the docker provider on the same connection.
set -eu

here=$(dirname -- "$0")

# print_why_closed PROGRAM -- SSH COMMAND...: prints why the host closed the connection. To ssh that is not an error, so
# it says nothing at log level ERROR, which the app uses to suppress banners.
print_why_closed() {
  ssh=$3
  shift 3
  "$ssh" -o LogLevel=INFO "$@" </dev/null 2>&1 | tail -n 5 >&2
}

sh "$here/preflight.sh" "$@"
errors=$(mktemp)
trap 'rm -f -- "$errors"' EXIT
code=0
answer=$(sh "$here/run-remote.sh" "$@" 2>"$errors") || code=$?
if [ "$code" -eq 255 ] && [ "$(grep -c '' "$errors")" -eq 1 ]; then print_why_closed "$@"; fi
cat -- "$errors" >&2
case $code:$answer in
  0:'{"unrecorded"'*) printf '%s\n' "$answer" ;;
  0:*)
    echo "The shell of the user who signs in prints something by itself (\"$(printf '%s\n' "$answer" | head -n 1 | cut -c 1-60)\"), and nothing was changed: remove that from its ~/.bashrc on the host, or print it in interactive shells only." >&2
    exit 1
    ;;
  *)
    if [ ! -s "$errors" ]; then
      printf '%s\n' "${answer:-(nothing)}" | tail -n 3 >&2
      echo "The host printed that instead of an answer, and nothing was changed: the user of ssh.user needs a login shell on the host that runs commands, such as /bin/sh." >&2
    fi
    if grep -qE '^sudo: |sudo: (command )?not found' "$errors"; then
      echo "The host scripts run as root, and nothing was changed: give the user of ssh.user sudo without a password on the host (NOPASSWD), or sign in as root." >&2
    fi
    if grep -q 'host key is known for' "$errors"; then
      echo "An unknown host key is never trusted, and nothing was changed: get the host's key with ssh-keyscan, compare it with /etc/ssh/ssh_host_*_key.pub on the host itself, and add its line to the file of ssh.knownHosts." >&2
    fi
    exit "$code"
    ;;
esac
