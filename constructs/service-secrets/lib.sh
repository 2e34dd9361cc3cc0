# The secrets of a service. This host is the only place that keeps them.
#
# Expects   $secrets: the directory that is mounted into the service's container; $records.
# Changes   nothing until a function is called.
# Needs     remote-host/env-file.sh remote-host/record.sh remote-host/engine.sh
#
# The directory holds, readable only by its owner: `values`, the secrets in use, a line NAME=value for each; `pending`,
# what a command has set and the next deploy puts into use; secrets.cjs, which a service on Node.js loads.

# secret_value NAME: prints the value in use
secret_value() {
  [ ! -f "$secrets/values" ] || env_value "$secrets/values" "$1"
}

# pending_value NAME: prints the value that the next deploy puts into use, nothing if there is none
pending_value() {
  [ ! -f "$secrets/pending" ] || env_value "$secrets/pending" "$1"
}

# next_value NAME: prints the value after the next deploy
next_value() {
  next_=$(pending_value "$1")
  if [ -n "$next_" ]; then printf '%s' "$next_"; else secret_value "$1"; fi
}

# put_secrets FILE < lines: writes `values` or `pending` in one step, so no one reads half of it; nothing if it holds the
# same. A new file belongs to the owner of the directory.
put_secrets() {
  make_secrets_directory
  rm -f -- "$secrets/.$1".??????
  new_secrets=$(mktemp -- "$secrets/.$1.XXXXXX") || fail "$secrets cannot be written: the reason is above"
  cat >"$new_secrets"
  sync -- "$new_secrets"
  chown --reference "$secrets" -- "$new_secrets"
  if cmp -s -- "$new_secrets" "$secrets/$1"; then rm -f -- "$new_secrets"; else mv -f -- "$new_secrets" "$secrets/$1"; fi
}

# put_values < lines: writes the secrets in use
put_values() {
  put_secrets values
}

make_secrets_directory() {
  (umask 022 && mkdir -p -- "${secrets%/*}")
  [ -d "$secrets" ] || mkdir -- "$secrets"
}

# secrets_record: prints the path of their record, nothing if there is none
secrets_record() {
  for record in "$records"/*; do
    [ -f "$record" ] || continue
    if [ "$(record_value kind)" = secrets ] && [ "$(record_value directory)" = "$secrets" ]; then printf '%s' "$record"; fi
  done
}

# secret_differs NAME VALUE: whether it is on record with another value. Set record to the path of the record.
secret_differs() {
  # shellcheck disable=SC2046 # time, salt, fingerprint
  set -- "$2" $(sed -n "s/^secret=$1 //p" "$record" 2>/dev/null)
  [ $# -eq 4 ] && [ "$(printf '%s' "$1" | fingerprint "$3")" != "$4" ]
}

# secret_since NAME: prints since when a secret has the value in use, in seconds. Set record to the path of the record.
secret_since() {
  since_=$(sed -n "s/^secret=$1 \([0-9]*\) .*/\1/p" "$record" 2>/dev/null) || since_=
  printf '%s' "${since_:-$(date -r "$secrets/values" +%s)}"
}

# has_old_secrets CONTAINER: whether it was started before the secrets in use were written
has_old_secrets() {
  started_=$(inspected "$1" started) || return 1
  [ -f "$secrets/values" ] && [ "$(date -d "$started_" +%s%N)" -lt "$(date -r "$secrets/values" +%s%N)" ]
}
