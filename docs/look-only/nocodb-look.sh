#!/bin/sh
# What a key may do that can only look: the whole of a plan, and nothing of an apply. sshd runs it in the place of whatever was
# asked for (see docs/terraform-cloud.md), as the user who signs in.
#
#   nocodb-look SOCKET PRINT
#
# Expects   SOCKET, where the read-only proxy of the engine listens; PRINT, the SHA-256 of the probe (npm run probe-print);
#           SSH_ORIGINAL_COMMAND, as sshd sets it; and on standard input what that command would read.
# Changes   nothing. May run twice.
# Prints    what the engine or the probe answers. Anything else that was asked for is refused, on standard error, with 1.
set -eu

socket=$1
print=$2

refuse() {
  echo "This key can only look: $1" >&2
  exit 1
}

# after_assignments: the number of the first line that is not part of NAME='VALUE', in which a quote is '\'' and nothing else.
# What stands in such a value is no program, whatever it is.
after_assignments() {
  LC_ALL=C awk '
    !within && !match($0, /^[a-z_]+=\047/) { print NR; exit }
    {
      rest = within ? $0 : substr($0, RLENGTH + 1)
      within = 1
      while (at = index(rest, "\047")) {
        rest = substr(rest, at + 1)
        if (rest == "") { within = 0; break }
        if (substr(rest, 1, 3) != "\\\047\047") exit
        rest = substr(rest, 4)
      }
    }'
}

# One program may run as root: the probe, to the byte, with any values.
run_probe() {
  program=$(cat)
  first=$(printf '%s\n' "$program" | after_assignments)
  [ -n "$first" ] || refuse "what was sent is not the probe"
  sent=$(printf '%s\n' "$program" | tail -n "+$first" | sha256sum)
  [ "${sent%% *}" = "$print" ] ||
    refuse "what was sent is not the probe of the print in authorized_keys (an apply, or other sources: npm run probe-print)"
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
  printf '%s\n' "$program" | $as_root sh -s
}

case ${SSH_ORIGINAL_COMMAND-} in
  'docker system dial-stdio') exec docker --host "unix://$socket" system dial-stdio ;;
  'sudo -n sh -s' | 'sh -s') run_probe ;;
  '') refuse "a shell is refused" ;;
  *) refuse "'$SSH_ORIGINAL_COMMAND' is refused" ;;
esac
