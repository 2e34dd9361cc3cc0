# Reconciles NocoDB's consumers: users, bases, roles, tokens and the lines in their env files. Also closes the sign-up.
#
# Expects   $key; [$status]; [$api_container], [$port]; [$env_file], [$secrets]: hold the super admin's name and password;
#           [$deploy_user]: owns a new env file and recreates containers; [$database_container], [$superuser]: of the
#           PostgreSQL that reads NocoDB's answers for a plan; [$bases]; [$consumers]; [$rotate]: a consumer that gets a
#           new token. With rotate, everything except key comes from the record.
# Changes   bases that are missing; users …@consumers.invalid, tokens with our description, marked blocks or own env
#           files. Removes all but the bases for a consumer that is no longer configured. Keeps a token that works.
#           May run twice.
# Prints    the result for each consumer, and what to run; never a token.
# Fails     an env file is missing, not private, or sets the variables itself: env_file
# Needs     nocodb/consumers/call-api.sh nocodb/consumers/recreate.sh

# check_files: a rotation has no plan, and a file may be removed after the plan
check_files() {
  for name in $(names); do
    file=$(desired "$name" envFile)
    [ -f "$file" ] || [ "$(desired "$name" ownFile)" = true ] || [ "$(desired "$name" missingFile)" = create ] ||
      fail "consumers.$name.envFile: $file does not exist on the host any more: put it back, or set consumers.$name.missingFile to create, and deploy"
  done
}

# remove_old_lines: removes the lines of consumers that are no longer configured, or that moved to another file. Those
# keep their tokens.
remove_old_lines() {
  while read -r name own_file file; do
    [ -n "$name" ] || continue
    if places | grep -qxF -e "$name $own_file $file"; then continue; fi
    remove_lines "$file" "$own_file" "$name"
    echo "$name: lines removed from $file"
  done <<LIST
$former_places
LIST
}

# token_in_lines NAME: prints the token in the consumer's lines, where they are or were
token_in_lines() {
  {
    printf '%s\n' "$former_places" | grep -e "^$1 " || true
    places | grep -e "^$1 "
  } | while read -r _ own_file file; do lines_in "$file" "$own_file" "$1" | token_of; done | tail -n 1
}

# known_facts: prints what the host knows of the consumers and bases
known_facts() {
  printf 'rotate %s\ncomplete %s\n' "${rotate-}" "$complete"
  printf '%s\n' "$former_places" | sed -n 's/^\([^ ]\{1,\}\) .*/former \1/p' | sort -u
  for name in $(names); do printf 'consumer %s token %s\n' "$name" "$(token_in_lines "$name")"; done
  recorded_facts
}

# recorded_facts: prints the ids of tokens and bases on record
recorded_facts() {
  printf '%s\n' "$results" | sed -n 's/^\([^ =]*\) \(token\|roles\)=/consumer \1 recorded_\2 /p; s/^base=/recorded_base /p'
}

# write_lines: writes the lines of every consumer
write_lines() {
  for name in $(names); do
    file=$(desired "$name" envFile) own_file=$(desired "$name" ownFile)
    { desired "$name" variables && printf 'NOCODB_API_TOKEN=%s\n' "$(fact "token $name")"; } >"$lines"
    put_lines "$file" "$own_file" "$name" <"$lines"
    echo "$name: $(fact "outcome $name"), in $file"
    salt=$(new_salt)
    results="$results
$name salt=$salt
$name fingerprint=$(lines_in "$file" "$own_file" "$name" | fingerprint "$salt")"
  done
}

# finish: deletes other tokens, and proves the rights of each one
finish() {
  printf '%s\n' "$facts" | sed -n 's/^carry //p; s/^token \([^ ]*\) /consumer \1 token /p' >"$lines"
  { printf '%s\n' "$former_places" | sed -n 's/^\([^ ]\{1,\}\) .*/former \1/p' | sort -u && recorded_facts; } >>"$lines"
  call_api finish <"$lines"
  fact say
  results="$results
$(fact record)"
  for name in $(fact removed); do report_dead_token; done
}

# read_connection_key: sets connection_key to SALT:FINGERPRINT of the key that encrypts data sources. If the key is new,
# everything is done as after an interruption, which ends with an empty cache: NocoDB 0.301.3 encrypts the sources at
# its start, and keeps some of them in its memory as they were before, so that their tables answer 500.
read_connection_key() {
  connection_key=$([ ! -f "$record" ] || record_value connection_key)
  key_salt=${connection_key%%:*}
  [ -n "$key_salt" ] || key_salt=$(new_salt)
  current=$key_salt:$(secret_value NC_CONNECTION_ENCRYPT_KEY | fingerprint "$key_salt")
  [ "$connection_key" = "$current" ] || complete=no
  connection_key=$current
}

# record_consumers STATUS
record_consumers() {
  {
    printf 'kind=consumers\napi_container=%s\nport=%s\nenv_file=%s\nsecrets=%s\ndeploy_user=%s\n' "$api_container" "$port" "$env_file" "$secrets" "$deploy_user"
    printf 'database_container=%s\nsuperuser=%s\n' "$database_container" "$superuser"
    printf 'connection_key=%s\n' "$connection_key"
    printf '%s\n' "${bases-}" | sed -n 's/^./title=&/p'
    printf '%s\n' "$consumers" | sed -n 's/^./desired=&/p'
    places | sed 's/^/place=/'
    printf '%s\n' "$results"
  } | write_record "$key" "$1"
}

# record_unfinished: if the connection breaks from here on, the next run still knows where lines may be
record_unfinished() {
  {
    printf 'kind=unfinished\napi_container=%s\nport=%s\nenv_file=%s\nsecrets=%s\n' "$api_container" "$port" "$env_file" "$secrets"
    { printf '%s\n' "$former_places" && places; } | sort -u | sed -n 's/^./place=&/p'
    printf '%s\n' "$results"
  } | write_record "$key" unfinished
}

# begin_rotation: sets the inputs of a rotation, which knows only the consumer's name
begin_rotation() {
  event=rotation purpose_="token of $rotate"
  [ "$complete" = yes ] || fail "this host has no complete record of the consumers: deploy first"
  status=$(record_value status) api_container=$(record_value api_container) port=$(record_value port)
  env_file=$(record_value env_file) secrets=$(record_value secrets) deploy_user=$(record_value deploy_user)
  database_container=$(record_value database_container) superuser=$(record_value superuser)
  bases=$(sed -n 's/^title=//p' "$record") consumers=$former_consumers
  is_desired "$rotate" || fail "$rotate is not a consumer of the last deploy. Consumers: $(names | paste -s -d ' ' -)"
}

main() {
  record=$records/$key
  lock_host "the consumers"
  if [ -f "$record" ] && [ "$(record_value kind)" = consumers ]; then complete=yes; else complete=no; fi
  former_places=$(recorded_places) former_consumers=$(recorded_consumers) results=$(recorded_ids)
  [ -z "${rotate-}" ] || begin_rotation
  read_connection_key
  problems=''
  lines=$(scratch) recreate_output=$(scratch)
  trap 'rm -f -- "$lines" "$recreate_output" "${new_file-}" "${candidate-}"' EXIT

  check_files
  find_api_container
  known_facts >"$lines"
  record_unfinished
  call_api reconcile <"$lines"
  fact say
  results=$(fact record) problems=$(fact problem | sed 's/^/- /')
  problems=${problems:+"
$problems"}
  remove_old_lines
  write_lines
  [ -z "$(fact finish)" ] || finish
  for name in $(names); do update_container; done
  record_consumers "$status"
  [ -z "$problems" ] || fail "Not everything could be done:$problems"
}

main </dev/null
