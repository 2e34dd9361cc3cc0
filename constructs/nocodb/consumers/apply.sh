# Reconciles NocoDB's consumers: users, roles, tokens and the lines in their env files. Also closes the sign-up.
#
# Expects   $key; [$status]; [$api_container], [$port]; [$env_file]: holds the super admin's name and password;
#           [$deploy_user]: owns a new env file and recreates containers; [$consumers]; [$rotate]: a consumer that gets
#           a new token. With rotate, everything except key comes from the record.
# Changes   users …@consumers.invalid, tokens with our description, marked blocks or own env files. Removes all of these
#           for a consumer that is no longer configured. Keeps a token that works. May run twice.
# Prints    the result for each consumer, and what to run; never a token.
# Needs     nocodb/consumers/lib.sh nocodb/consumers/api.sh

# ensure_token: sets token to a valid token of $name, and token_id to its id; keeps the current one if it is valid
ensure_token() {
  token=$(printf '%s' "$moved_tokens" | sed -n "s/^$name //p" | tail -n 1)
  [ -n "$token" ] || token=$(lines_in "$(desired "$name" envFile)" "$(desired "$name" ownFile)" "$name" | token_of)
  former_token=$token
  outcome="token kept"
  if is_valid_token "$token"; then
    if ! find_token; then
      must_empty_cache=yes # it was deleted, and NocoDB accepts it until its cache is empty
    elif [ "${rotate-}" != "$name" ]; then
      return
    fi
  fi
  if [ "$role" = super-admin ]; then session=$admin; else open_session "$email"; fi
  create_token "$(description_of "$name")"
  outcome="token created"
  [ -z "$former_token" ] || outcome="token replaced"
}

# is_valid_token TOKEN: whether it belongs to the user and can read the bases
is_valid_token() {
  holder_of "$1"
  [ "$holder" = "$email" ] && can_read "$1" /api/v2/meta/bases
}

# find_token: sets token_id, and fails if NocoDB does not list $token or if it expires. Versions that hide the values
# are compared by the recorded id.
find_token() {
  recorded_id=$(recorded "$name" token)
  while IFS=$separator read -r id_ value_ description_ user_ expiry_; do
    [ "$user_" = "$user_id" ] || continue
    if [ "$value_" = "$token" ] || { [ -z "$value_" ] && [ -n "$id_" ] && [ "$id_" = "$recorded_id" ]; }; then
      token_id=$id_
      [ "${expiry_%"$separator"}" = "" ]
      return
    fi
  done <<LIST
$tokens
LIST
  return 1
}

# ensure_bases: gives the user its roles in other people's bases, and removes those that are no longer configured
ensure_bases() {
  given=
  read_bases
  while read -r base_role title; do
    [ -n "$title" ] || continue
    base=$(printf '%s\n' "$bases" | title=$title awk -F "$separator" '$2 "" == ENVIRON["title"] "" { print $1 }')
    case $base in
      '') problems="$problems
- consumers.$name.bases: NocoDB has no base '$title', so $name got no role in it. Create it, or correct the title, and deploy again. Existing bases: $(printf '%s\n' "$bases" | cut -d "$separator" -f 2 | sort | paste -s -d ',' - | sed 's/,/, /g')" ;;
      *"$newline"*) problems="$problems
- consumers.$name.bases: several bases in NocoDB are called '$title', so $name got a role in none of them. Rename one, and deploy again." ;;
      *) give_role "$base" "$base_role" && given="$given $base" ;;
    esac
  done <<LIST
$(desired "$name" bases)
LIST
  for base in $(recorded "$name" bases); do
    case " $given " in *" $base "*) continue ;; esac
    printf '%s\n' "$bases" | grep -q "^$base$separator" || continue
    find_role "$base"
    case $base_role in '' | owner) continue ;; esac
    as_admin DELETE "/api/v2/meta/bases/$base/users/$user_id"
    expect 200 "remove user $email from base $base"
  done
}

# find_role BASE: sets base_role, empty if the user has none
find_role() {
  as_admin GET "/api/v2/meta/bases/$1/users?limit=1000"
  expect 200 "list the users of base $1"
  base_role=$(printf '%s' "$answer" | rows users.list id roles | user_id=$user_id awk -F "$separator" '$1 == ENVIRON["user_id"] { print $2 }')
}

# give_role BASE ROLE: an owner stays owner, which is more than any role
give_role() {
  desired_role=$2
  find_role "$1"
  body="{\"email\":$(json_text "$email"),\"roles\":\"$desired_role\"}"
  case $base_role in
    owner | "$desired_role") return 0 ;;
    '') as_admin POST "/api/v2/meta/bases/$1/users" "$body" ;;
    *) as_admin PATCH "/api/v2/meta/bases/$1/users/$user_id" "$body" ;;
  esac
  expect 200 "make $email $desired_role of base $1"
}

# ensure_consumer: user, bases, token and lines of $name; adds to results
ensure_consumer() {
  role=$(desired "$name" role)
  file=$(desired "$name" envFile) own_file=$(desired "$name" ownFile)
  # The plan has checked this. A rotation has no plan, and the file may be removed after the plan.
  [ -f "$file" ] || [ "$own_file" = true ] || [ "$(desired "$name" missingFile)" = create ] ||
    fail "consumers.$name.envFile: $file does not exist on the host any more: put it back, or set consumers.$name.missingFile to create, and deploy"
  if [ "$role" = super-admin ]; then
    email=$admin_email user_id=$admin_id given=
  else
    email=$(email_of "$name")
    ensure_user "$email" "$(org_role "$role")"
    ensure_bases
  fi
  ensure_token
  { desired "$name" variables && printf 'NOCODB_API_TOKEN=%s\n' "$token"; } >"$lines"
  put_lines "$file" "$own_file" "$name" <"$lines"
  # The lines are written, so the other tokens can be deleted.
  read_tokens
  revoke_all "$user_id" "$(description_of "$name")" "$token_id"
  # The consumer may have had the super admin's role before.
  [ "$user_id" = "$admin_id" ] || revoke_all "$admin_id" "$(description_of "$name")"
  salt=$(new_salt)
  results="$results
$name salt=$salt
$name fingerprint=$(lines_in "$file" "$own_file" "$name" | fingerprint "$salt")
$name token=$token_id
$name bases=${given# }"
  echo "$name: $outcome, in $file"
}

# transfer_bases: makes the super admin an owner of the bases that $user_id owns. NocoDB would leave them without one.
transfer_bases() {
  read_bases
  for base in $(printf '%s\n' "$bases" | cut -d "$separator" -f 1); do
    find_role "$base"
    [ "$base_role" = owner ] || continue
    (user_id=$admin_id email=$admin_email && give_role "$base" owner)
    echo "$name: ownership of base $(printf '%s\n' "$bases" | sed -n "s/^$base$separator\(.*\)$separator\$/\1/p") transferred to $admin_email"
  done
}

# report_dead_token: names the container of $name if it has the deleted token. Variables are read at its creation.
report_dead_token() {
  container=$(printf '%s\n' "$former_consumers" | sed -n "s/^$name container //p")
  if [ -n "$container" ] && docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' -- "$container" 2>/dev/null | grep -q '^NOCODB_API_TOKEN='; then
    echo "$name: container $container has the deleted token until it is created again"
  fi
}

# remove_others: removes lines, users and tokens of consumers that are no longer configured
remove_others() {
  while read -r name own_file file; do
    [ -n "$name" ] || continue
    if places | grep -qxF -e "$name $own_file $file"; then continue; fi
    # A consumer that moves to another file keeps its token.
    moved_tokens="$moved_tokens$name $(lines_in "$file" "$own_file" "$name" | token_of)$newline"
    remove_lines "$file" "$own_file" "$name"
    echo "$name: lines removed from $file"
    # The user of any other consumer is deleted with its tokens; the super admin stays.
    is_desired "$name" || revoke_all "$admin_id" "$(description_of "$name")"
  done <<LIST
$former_places
LIST
  while IFS=$separator read -r id_ email_ _; do
    case $email_ in *@"$email_domain") name=${email_%@*} ;; *) continue ;; esac
    if is_desired "$name" && [ "$(desired "$name" role)" != super-admin ]; then continue; fi
    user_id=$id_
    revoke_all "$user_id" "$(description_of "$name")"
    transfer_bases
    as_admin DELETE "/api/v1/users/$user_id"
    expect 200 "delete user $email_"
    echo "$name: user and tokens removed"
    report_dead_token
  done <<LIST
$users
LIST
}

# check_revoked: fails if NocoDB still accepts a deleted token
check_revoked() {
  [ -n "$revoked$must_empty_cache" ] || return 0
  empty_cache
  for token in $revoked; do
    ! can_read "$token" /api/v2/meta/bases || fail "NocoDB $version still accepts a deleted token: restart it (docker restart $api_container) to empty its cache."
  done
}

# update_container: recreates the container of $name if it lacks the lines, because env files are read at its creation
update_container() {
  file=$(desired "$name" envFile) container=$(desired "$name" container) recreate=$(desired "$name" recreate)
  lines_in "$file" "$(desired "$name" ownFile)" "$name" >"$lines"
  ! container_has "$container" <"$lines" || return 0
  if [ -z "$recreate" ]; then
    report_how_to_recreate
    return
  fi
  recreate_container || {
    problems="$problems
- consumers.$name.recreate: \"$recreate\" $how, so container $container does not have the lines of $file. The last lines of the command: $(tail -c 4000 -- "$recreate_output" | masked "$file" | tail -n 5)"
    return 0
  }
  if container_has "$container" <"$lines"; then
    echo "$name: container $container created again, with the lines of $file"
  else
    problems="$problems
- consumers.$name.recreate: \"$recreate\" succeeded, but container $container still does not have the lines of $file: does it read that file (env_file), and is consumers.$name.container the right one?"
  fi
}

# recreate_container: runs the command; if it fails, sets how. Processes that it leaves behind hold neither this step
# nor the lock.
recreate_container() {
  recreated=0
  runuser -u "$deploy_user" -- env HOME="$(getent passwd "$deploy_user" | cut -d : -f 6)" \
    timeout -k 10 300 sh -c "cd && $recreate" >"$recreate_output" 2>&1 8>&- || recreated=$?
  case $recreated in
    0) return 0 ;;
    124 | 137) how="did not end within 300 s" ;;
    *) how="failed" ;;
  esac
  return 1
}

# report_how_to_recreate: prints the command for $container, with Compose's labels if it has them
report_how_to_recreate() {
  labels=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.project.config_files"}} {{index .Config.Labels "com.docker.compose.service"}}' -- "$container" 2>/dev/null) || {
    echo "$name: container $container does not exist; it reads $file when it is created"
    return
  }
  case $labels in
    /*' '?*) echo "$name: container $container does not have these lines yet. Run: docker compose -f $(printf '%s' "${labels% *}" | sed 's/,/ -f /g') up -d --force-recreate ${labels##* }" ;;
    *) echo "$name: container $container does not have these lines yet. Create it again, with $file as its env file." ;;
  esac
}

# check_consumer: fails unless the token of $name works and cannot list users
check_consumer() {
  token=$(lines_in "$(desired "$name" envFile)" "$(desired "$name" ownFile)" "$name" | token_of)
  if [ "$(desired "$name" role)" = super-admin ]; then email=$admin_email; else email=$(email_of "$name"); fi
  is_valid_token "$token" || fail "NocoDB does not accept the token of $name in $(desired "$name" envFile)"
  [ "$email" = "$admin_email" ] || ! can_read "$token" /api/v1/users ||
    fail "NocoDB $version lists its users for the token of $name, which it must not"
  echo "$name: token works"
}

# record_consumers STATUS
record_consumers() {
  {
    printf 'kind=consumers\napi_container=%s\nport=%s\nenv_file=%s\ndeploy_user=%s\n' "$api_container" "$port" "$env_file" "$deploy_user"
    [ -z "$consumers" ] || printf '%s\n' "$consumers" | sed 's/^/desired=/'
    places | sed 's/^/place=/'
    printf '%s\n' "$results"
  } | write_record "$key" "$1"
}

# record_unfinished: if the connection breaks from here on, the next run still knows where lines may be
record_unfinished() {
  former_places=$(recorded_places) former_consumers=$(recorded_consumers)
  results=$(for name in $(names); do printf '%s bases=%s\n%s token=%s\n' "$name" "$(recorded "$name" bases)" "$name" "$(recorded "$name" token)"; done)
  {
    printf 'kind=unfinished\napi_container=%s\nport=%s\nenv_file=%s\n' "$api_container" "$port" "$env_file"
    { printf '%s\n' "$former_places" && places; } | sort -u | sed -n 's/^./place=&/p'
    printf '%s\n' "$results"
  } | write_record "$key" unfinished
  results=
}

# read_record: sets the inputs of a rotation, which knows only the consumer's name
read_record() {
  { [ -f "$record" ] && [ "$(record_value kind)" = consumers ]; } || fail "this host has no complete record of the consumers: deploy first"
  status=$(record_value status) api_container=$(record_value api_container) port=$(record_value port) env_file=$(record_value env_file) deploy_user=$(record_value deploy_user)
  consumers=$(recorded_consumers)
  is_desired "$rotate" || fail "$rotate is not a consumer of the last deploy. Consumers: $(names | paste -s -d ' ' -)"
}

main() {
  record=$records/$key
  lock_host "the consumers"
  [ -z "${rotate-}" ] || read_record
  problems='' results='' revoked='' must_empty_cache='' moved_tokens=''
  lines=$(scratch) recreate_output=$(scratch)
  trap 'rm -f -- "$lines" "$recreate_output" "${new_file-}" "${candidate-}"' EXIT

  open_api || fail "container $api_container does not answer at port $port from the host, so its consumers cannot be updated: $answer"
  sign_in_admin
  close_sign_up
  read_users "$email_domain"
  read_tokens
  record_unfinished
  remove_others
  for name in $(names); do ensure_consumer; done
  check_revoked
  for name in $(names); do update_container; done
  for name in $(names); do check_consumer; done
  record_consumers "$status"
  [ -z "$problems" ] || fail "Not everything could be done:$problems"
}

main </dev/null
