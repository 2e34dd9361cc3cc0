# Tries a configuration of Caddy in which one file has another content.
#
# Expects   $caddy: container; $caddyfile: path on this host.
# Changes   nothing.
# Needs     caddy-site/configuration.sh

# adapted_with FILE CANDIDATE: prints what the Caddyfile would yield if FILE, which may be the Caddyfile itself, had the
# content of CANDIDATE
adapted_with() {
  if [ "$1" = "$caddyfile" ]; then
    text_=$(absolute_imports <"$2")
  else
    own_=$(path_in_caddy "$1") || return
    text_=$(absolute_imports <"$caddyfile" | expand_import "$own_" "$2")
  fi
  json_=$(ask_caddy POST /adapt "$text_") || return
  printf '%s\n' "$json_" | flattened | sed -n 's/^result\.//p'
}

# expand_import PATH CANDIDATE < Caddyfile: prints it with an import of the other files and the candidate instead of
# the import that matches PATH
expand_import() {
  while IFS= read -r line_ || [ -n "$line_" ]; do
    # shellcheck disable=SC2086 # words
    set -f -- "$1" "$2" $line_
    set +f
    # shellcheck disable=SC2254 # a pattern
    case ${3-}:$1 in import:${4-}) ;; *) printf '%s\n' "$line_" && continue ;; esac
    # shellcheck disable=SC2016 # expanded inside the container
    docker exec "$caddy" sh -c 'for each in $1; do [ "$each" = "$2" ] || printf "import %s\n" "$each"; done' others "$4" "$1" </dev/null
    cat -- "$2"
    printf '\n'
  done
}
