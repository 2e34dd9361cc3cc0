# shellcheck shell=sh
# Ends the script, as a lost host would, before its nth step: a question to NocoDB, or a file put in its place.
#
# Expects   kill_at: n; kill_with: the signal; steps: path of a file that counts.
# Changes   steps. May run twice.
step() {
  echo >>"${steps:?}"
  [ "$(wc -l <"${steps:?}")" -ne "${kill_at:?}" ] || kill "-${kill_with:?}" $$ "$(exec sh -c 'echo "$PPID"')"
}

curl() {
  step
  command curl "$@"
}

mv() {
  step
  command mv "$@"
}
