# Removes lines and tokens of consumers. Their users stay, without a token and with a password that nobody knows, so a
# later deploy finds them with the bases they created.
#
# Expects   $key; $api_container.
# Changes   the above; also removes the record. If NocoDB does not answer, the tokens stay. May run twice.
# Prints    the result for each consumer.
# Needs     nocodb/consumers/call-api.sh

main() {
  record=$records/$key
  [ -f "$record" ] || return 0
  lock_host "the consumers"
  api_container=$(record_value api_container) port=$(record_value port) env_file=$(record_value env_file) secrets=$(record_value secrets)
  trap 'rm -f -- "${new_file-}" "${candidate-}"' EXIT
  while read -r name own_file file; do
    [ -n "$name" ] || continue
    remove_lines "$file" "$own_file" "$name"
    echo "$name: lines removed from $file"
  done <<LIST
$(recorded_places)
LIST
  # A NocoDB that does not answer must not delay its own removal.
  timeout=5
  if reason=$({ find_api_container && recorded_places | sed 's/ .*//; s/^/former /' | sort -u | call_api remove; } 2>&1); then
    echo "consumers: tokens deleted"
  else
    echo "consumers: their tokens could not be deleted: $reason. They work again if this database is served again; a deploy deletes them."
  fi
  rm -f -- "$record"
}

main </dev/null
