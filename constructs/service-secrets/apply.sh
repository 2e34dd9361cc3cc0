# The secrets of a service: makes those that are missing, and puts those into use that a command has set.
#
# Expects   $key, $status; $secrets: their directory; $owner: who may read it, uid:gid; $expected: a line NAME POLICY TITLE
#           for each secret, see secret.ts; $generated: a line NAME=value with a new value for each that may be missing;
#           $service_kind $database_container $superuser $database; [$effect]: what a changed secret does, by default `restart`.
# Changes   keeps the value of every secret that has one. Removes secrets that are not expected any more, and those that
#           were pending. Does not restart the service: it reads its secrets when it starts. May run twice.
# Prints    nothing, or why it refused; never a value.
# Fails     a pinned secret differs from the one in use, a given one has no value, or the directory cannot be written: secrets
#           the database does not answer: postgresql
#           encrypted data exists and the key is gone: connection_key
# Needs     service-secrets/lib.sh service-secrets/secrets.cjs backup/database.sh **/kind.sh

# record_failure: records why this script fails. Terraform suppresses the output of this step, so the next plan prints it.
# The fingerprints in the record stay: without them, the next run would accept what this one refuses.
record_failure() {
  code=$?
  if [ "$code" -ne 0 ]; then
    {
      if [ -f "$record" ]; then sed '1d; /^failed=/d' -- "$record"; else describe; fi
      printf 'failed=%s\n' "$(tail -n 2 -- "$messages" | paste -s -d ' ' -)"
    } | write_record "$key" "$status"
    cat -- "$messages" >&7
  fi
  rm -f -- "$messages"
}

# describe: prints the lines of the record that hold no fingerprint
describe() {
  printf 'kind=secrets\ndirectory=%s\nowner=%s\n' "$secrets" "$owner"
  [ -z "${effect-}" ] || printf 'effect=%s\n' "$effect"
  printf '%s\n' "$expected" | sed 's/^/expected=/'
}

# new_values: prints a line NAME=value for each secret
new_values() {
  while read -r name policy _; do
    value=$(next_value "$name")
    if [ -z "$value" ] && { [ "$policy" = generated ] || [ "$policy $has_data" = "pinned no" ]; }; then
      value=$(printf '%s\n' "$generated" | sed -n "s/^$name=//p")
    fi
    [ -z "$value" ] || printf '%s=%s\n' "$name" "$value"
  done <<LIST
$expected
LIST
}

# refuse_changed_pins < values: a pinned secret has the value that is on record
refuse_changed_pins() {
  for name in $(printf '%s\n' "$expected" | sed -n 's/^\([^ ]*\) pinned .*/\1/p'); do
    ! secret_differs "$name" "$(printf '%s\n' "$values" | sed -n "s/^$name=//p")" ||
      fail "$name is not the one with which the service has run, so it could not read its data any more, and nothing was changed: put the former one back into $secrets/values; every backup has it in its file secrets"
  done
}

# recorded_secrets: prints the lines of the record: when each secret was set, and a salted fingerprint
recorded_secrets() {
  printf '%s\n' "$values" | while IFS= read -r line; do
    [ -n "$line" ] || continue
    name=${line%%=*} value=${line#*=}
    if line=$(grep "^secret=$name " "$record") && ! secret_differs "$name" "$value"; then
      printf '%s\n' "$line"
    else
      salt=$(new_salt)
      printf 'secret=%s %s %s %s\n' "$name" "$(date +%s)" "$salt" "$(printf '%s' "$value" | fingerprint "$salt")"
    fi
  done
}

main() {
  lock_host "the secrets in $secrets"
  messages=$(scratch)
  trap record_failure EXIT
  exec 7>&2 2>"$messages"
  record=$records/$key
  if holds_data; then has_data=yes; else has_data=no; fi
  values=$(new_values)
  refuse_changed_pins
  make_secrets_directory
  chown -- "$owner" "$secrets"
  chmod 0700 -- "$secrets"
  printf '%s\n' "$values" | put_values
  secrets_cjs | put_secrets secrets.cjs
  chown -- "$owner" "$secrets/values" "$secrets/secrets.cjs"
  chmod 0600 -- "$secrets/values" "$secrets/secrets.cjs"
  lines=$(recorded_secrets)
  rm -f -- "$secrets/pending"
  { describe && printf '%s\n' "$lines"; } | write_record "$key" "$status"
}

main </dev/null
