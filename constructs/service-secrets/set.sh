# Sets a secret of a service. The next deploy puts it into use; one for the host alone is in use at once.
#
# Expects   $secrets: the directory of the service's secrets; $expected: a line NAME POLICY TITLE for each of them, see
#           secret.ts; $name: one of those names; $value: one line of text; $records; [$server]: what the secret is for, see
#           postgres-database/server.sh.
# Changes   replaces the file `pending` in that directory in one step; other secrets that are pending stay. A secret for the
#           host alone, which is the only one of its directory, goes to the file `values`. May run twice.
# Prints    `pending: …` with what the next deploy does, `set: …` for a secret of the host alone, or `unchanged: …` if the
#           value is in use already; never a value.
# Needs     service-secrets/lib.sh

# other_pending: prints the lines of the other secrets that are pending
other_pending() {
  [ ! -f "$secrets/pending" ] || grep -v "^$name=" "$secrets/pending" || true
}

# put_pending < lines: without lines, no secret is pending
put_pending() {
  lines=$(cat)
  if [ -n "$lines" ]; then printf '%s\n' "$lines" | put_secrets pending; else rm -f -- "$secrets/pending"; fi
}

# refuse_change: a pinned secret gets the value that is on record, after it was lost or edited by hand; without a record,
# it gets one only if the service has run without
refuse_change() {
  record=$(secrets_record)
  [ -n "$record" ] || record=/dev/null
  if grep -q "^secret=$name " "$record"; then
    secret_differs "$name" "$value" || return 0
  else
    [ -n "$(secret_value "$name")" ] || return 0
  fi
  fail "$name: the service has run with another value, and could not read its data any more, so nothing was changed. A lost value is in every backup, in its file secrets."
}

main() {
  event=rotation
  lock_host "a new value for $name"
  policy=$(printf '%s\n' "$expected" | sed -n "s/^$name \([^ ]*\) .*/\1/p")
  title=$(printf '%s\n' "$expected" | sed -n "s/^$name [^ ]* //p")
  [ -n "$policy" ] || fail "$name: the service has no secret of that name"
  if [ "$policy" = host ]; then
    printf '%s\n' "$name=$value" ${server:+"server=$server"} | put_values
    echo "set: $title: the host uses it from now on"
    return
  fi
  if [ "$(secret_value "$name")" = "$value" ]; then
    other_pending | put_pending
    echo "unchanged: $title: this value is in use already"
    return
  fi
  [ "$policy" != pinned ] || refuse_change
  { other_pending && printf '%s=%s\n' "$name" "$value"; } | put_pending
  note_event "$name, for the next deploy"
  echo "pending: $title: the next deploy puts the new value into use"
  [ "$policy" != pinned ] || echo "From then on it can never be changed, because data is encrypted with it. Every backup contains it."
}

main </dev/null
