#!/bin/sh
# Runs the probe (observe.sh) where Terraform runs, after a look at what it needs there (worker.sh), and lets through nothing but its answer. See on-host.sh.
#
#   probe.sh SCRIPT... -- SSH COMMAND...
#
# Expects   what on-host.sh expects.
# Changes   nothing. May run twice.
# Prints    the probe's JSON object. Exit status: that of on-host.sh, or 1 where something else was printed: Terraform takes
#           all of it for the answer, and so would the docker provider on the same connection.
set -eu

here=$(dirname -- "$0")

# why_closed SCRIPT... -- SSH COMMAND...: that the host closed the connection is no error to ssh, so where the level is ERROR
# (which keeps banners away) it fails without a word.
why_closed() {
  while [ "$1" != -- ]; do shift; done
  ssh=$2
  shift 2
  "$ssh" -o LogLevel=INFO "$@" </dev/null 2>&1 | tail -n 5 >&2
}

sh "$here/worker.sh" "$@"
complaints=$(mktemp)
trap 'rm -f -- "$complaints"' EXIT
status=0
answer=$(sh "$here/on-host.sh" "$@" 2>"$complaints") || status=$?
if [ "$status" -eq 255 ] && [ "$(grep -c '' "$complaints")" -eq 1 ]; then why_closed "$@"; fi
cat -- "$complaints" >&2
case $status:$answer in
  0:'{"unrecorded"'*) printf '%s\n' "$answer" ;;
  0:*)
    echo "The shell of the user who signs in prints something by itself (\"$(printf '%s\n' "$answer" | head -n 1 | cut -c 1-60)\"), and nothing was changed: take that out of its ~/.bashrc on the host, or let it print in interactive shells only." >&2
    exit 1
    ;;
  *)
    if [ ! -s "$complaints" ]; then
      printf '%s\n' "${answer:-(nothing)}" | tail -n 3 >&2
      echo "That was said in the place of an answer, and nothing was changed: the user of ssh.user needs a login shell on the host that runs commands, such as /bin/sh." >&2
    fi
    if grep -qE '^sudo: |sudo: (command )?not found' "$complaints"; then
      echo "The host scripts run as root, and nothing was changed: give the user of ssh.user sudo without a password on the host (NOPASSWD), or sign in as root." >&2
    fi
    if grep -q 'host key is known for' "$complaints"; then
      echo "No key is trusted unseen, and nothing was changed: ask for the host's with ssh-keyscan, compare it with what the host itself has in /etc/ssh/ssh_host_*_key.pub, and put its line into the file of ssh.knownHosts." >&2
    fi
    exit "$status"
    ;;
esac
