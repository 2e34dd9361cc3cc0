# shellcheck shell=sh
# Ends the program before its nth step: a command of the engine, or a rename.
#
# Expects   $kill_at: n, 0 for never; $kill_with: the signal; $steps: path of a file that counts the steps.
# Changes   the file $steps. May run twice.
step() {
  echo >>"${steps:?}"
  [ "$(wc -l <"${steps:?}")" -ne "${kill_at:?}" ] || kill "-${kill_with:?}" $$ "$(exec sh -c 'echo "$PPID"')"
}

docker() {
  step
  command docker "$@"
}

mv() {
  step
  command mv "$@"
}
