# shellcheck shell=sh
# Kills caddy-site/apply after it has written the first 40 bytes of a file in place.
#
# Expects   $caddyfile: the file.
# Changes   it. May run twice.
overwrite() {
  head -c 40 -- "$2" >"${caddyfile:?}"
  kill -KILL $$ "$(exec sh -c 'echo "$PPID"')"
}
