# shellcheck shell=sh
# Kills the script when it has written the first 40 bytes of a file in place.
#
# Expects   caddyfile: the file.
# Changes   it. May run twice.
put() {
  head -c 40 -- "$2" >"${caddyfile:?}"
  kill -KILL $$ "$(exec sh -c 'echo "$PPID"')"
}
