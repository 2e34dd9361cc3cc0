#!/bin/sh
# Limits what a read-only key may do: everything that a plan needs, and nothing of an apply. sshd runs it as the user who
# signs in, instead of the command that was requested. Installed on the host as /usr/local/sbin/nocodb-read-only.
#
#   nocodb-read-only SOCKET FINGERPRINT
#
# Expects   SOCKET, where the engine's read-only proxy listens; FINGERPRINT, the SHA-256 of the probe, as printed by
#           `node ci/probe-fingerprint.mjs`; SSH_ORIGINAL_COMMAND, as sshd sets it; on standard input what the requested
#           command would read.
# Changes   nothing. May run twice.
# Prints    the answer of the engine or of the probe. Any other request is refused, on standard error, with exit code 1.
set -eu

socket=$1
fingerprint=$2

refuse() {
  echo "This key is read-only: $1" >&2
  exit 1
}

# after_assignments: the number of the first line that is not part of an assignment NAME='VALUE'. A quote in VALUE is
# '\'' and nothing else, so the shell runs nothing that stands in one.
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

# One program may run as root: the probe, unchanged, with any values.
run_probe() {
  program=$(cat)
  first=$(printf '%s\n' "$program" | after_assignments)
  [ -n "$first" ] || refuse "the program that was sent is not the probe"
  sent=$(printf '%s\n' "$program" | tail -n "+$first" | sha256sum)
  [ "${sent%% *}" = "$fingerprint" ] ||
    refuse "the program that was sent is not the probe with the fingerprint in authorized_keys (it is an apply, or the sources are others: compare with node ci/probe-fingerprint.mjs)"
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
  printf '%s\n' "$program" | $as_root sh -s
}

case ${SSH_ORIGINAL_COMMAND-} in
  'docker system dial-stdio') exec docker --host "unix://$socket" system dial-stdio ;;
  'sudo -n sh -s' | 'sh -s') run_probe ;;
  '') refuse "it does not open a shell" ;;
  *) refuse "'$SSH_ORIGINAL_COMMAND' is not allowed" ;;
esac
