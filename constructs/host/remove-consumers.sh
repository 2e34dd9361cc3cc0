# Takes away what consumers have: their lines and tokens. Their users stay, with no token and a password that nobody knows,
# so that a later deploy finds them with the bases they made. See consumers.sh.
#
# Expects   key.
# Changes   as above; removes the record. What NocoDB cannot be asked for stays. May run twice.
# Prints    what became of each consumer.

revoke_tokens() {
  sign_in_admin
  read_users "$email_domain"
  read_tokens
  for name in $(left_places | sed 's/ .*//' | sort -u); do
    find_user "$(email_of "$name")"
    [ -z "$user_id" ] || revoke_all "$user_id" "$(description_of "$name")"
    revoke_all "$admin_id" "$(description_of "$name")"
  done
  forget_revoked
}

main() {
  record=$manifest/$key
  [ -f "$record" ] || return 0
  lock_host "the consumers"
  service=$(noted service) port=$(noted port) env_file=$(noted env_file)
  revoked=''
  trap 'rm -f -- "${new_file-}" "${candidate-}"' EXIT
  while read -r name keeps file; do
    [ -n "$name" ] || continue
    take_lines "$file" "$keeps" "$name"
    echo "$name: lines taken out of $file"
  done <<LIST
$(left_places)
LIST
  # A NocoDB that does not answer must not hold up that it is taken away.
  patience=5
  if open_api && (revoke_tokens); then
    echo "consumers: tokens deleted"
  else
    echo "consumers: their tokens could not be deleted. They work again where this database is served again; a deploy deletes them."
  fi
  rm -f -- "$record"
}

main </dev/null
