# Lists the secrets of a service.
#
# Expects   $secrets: their directory; $expected: a line NAME POLICY TITLE for each of them, see secret.ts; $records.
# Changes   nothing. May run twice.
# Prints    a line for each secret: its name and policy, then `since TIME` if it has a value, `pending TIME` if the next
#           deploy puts another one into use, `missing` if neither. TIME is in seconds since 1970.
# Needs     service-secrets/lib.sh

# states NAME: prints what is known of a secret
states() {
  if [ -n "$(secret_value "$1")" ]; then
    printf ' since %s' "$(secret_since "$1")"
  fi
  if [ -n "$(pending_value "$1")" ]; then printf ' pending %s' "$(date -r "$secrets/pending" +%s)"; fi
}

main() {
  record=$(secrets_record)
  [ -n "$record" ] || record=/dev/null
  printf '%s\n' "$expected" | while read -r name policy _; do
    states_=$(states "$name")
    printf '%s %s%s\n' "$name" "$policy" "${states_:- missing}"
  done
}

main </dev/null
