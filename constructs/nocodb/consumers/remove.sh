# Removes lines and tokens of consumers. Their users stay, without a token and with a password that nobody knows, so a
# later deploy finds them with the bases they created.
#
# Expects   $key; $api_container.
# Changes   the above; also removes the record. If NocoDB does not answer, the tokens stay. May run twice.
# Prints    the result for each consumer.
# Needs     nocodb/consumers/lib.sh nocodb/consumers/api.sh

revoke_tokens() {
  sign_in_admin
  read_users "$email_domain"
  read_tokens
  for name in $(recorded_places | sed 's/ .*//' | sort -u); do
    find_user "$(email_of "$name")"
    [ -z "$user_id" ] || revoke_all "$user_id" "$(description_of "$name")"
    revoke_all "$admin_id" "$(description_of "$name")"
  done
  empty_cache
}

main() {
  record=$records/$key
  [ -f "$record" ] || return 0
  lock_host "the consumers"
  api_container=$(record_value api_container) port=$(record_value port) env_file=$(record_value env_file)
  revoked=''
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
  if open_api && (revoke_tokens); then
    echo "consumers: tokens deleted"
  else
    echo "consumers: their tokens could not be deleted. They work again if this database is served again; a deploy deletes them."
  fi
  rm -f -- "$record"
}

main </dev/null
