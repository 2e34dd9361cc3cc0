# NocoDB's consumers as they are wanted: users, roles, tokens, the lines in their env files; and the sign-up closed.
# See consumers.sh.
#
# Expects   key, observed; service, port: NocoDB's container; env_file: has the super admin's name and password;
#           deploy_user: owns a new env file and recreates containers; consumers.
#           Or key and rotate: a consumer that gets a new token, all else as the record has it.
# Changes   users …@consumers.invalid, tokens with our description, marked blocks or own env files. Who is no longer
#           wanted loses all of it. A token that works is kept. May run twice.
# Prints    what became of each consumer, and what to run; never a token.

# ensure_token: a good token of $name in $token and its id in $token_id, the present one if it is good
ensure_token() {
  token=$(printf '%s' "$carried" | sed -n "s/^$name //p" | tail -n 1)
  [ -n "$token" ] || token=$(lines_in "$(wanted "$name" env_file)" "$(wanted "$name" keeps)" "$name" | token_of)
  former=$token
  done_="token kept"
  if is_good "$token"; then
    if ! know_token; then
      forget=yes # it was deleted, and NocoDB takes it until its memory is emptied
    elif [ "${rotate-}" != "$name" ]; then
      return
    fi
  fi
  if [ "$role" = super-admin ]; then session=$admin; else open_session "$email"; fi
  create_token "$(description_of "$name")"
  done_="token made"
  [ -z "$former" ] || done_="token replaced"
}

# is_good TOKEN: it is that of the user, and opens what it is for
is_good() {
  holder_of "$1"
  [ "$holder" = "$email" ] && opens "$1" /api/v2/meta/bases
}

# know_token: the present token stands among those listed (by its value, or by the id that was noted where values are
# hidden) and does not expire
know_token() {
  noted_id=$(left "$name" token)
  while IFS=$separator read -r id_ value_ description_ user_ expiry_; do
    [ "$user_" = "$user_id" ] || continue
    if [ "$value_" = "$token" ] || { [ -z "$value_" ] && [ -n "$id_" ] && [ "$id_" = "$noted_id" ]; }; then
      token_id=$id_
      [ "${expiry_%"$separator"}" = "" ]
      return
    fi
  done <<LIST
$tokens
LIST
  return 1
}

# ensure_bases: the roles in bases of others; what was given before and is wanted no more is taken back
ensure_bases() {
  given=
  read_bases
  while read -r base_role title; do
    [ -n "$title" ] || continue
    base=$(printf '%s\n' "$bases" | title=$title awk -F "$separator" '$2 "" == ENVIRON["title"] "" { print $1 }')
    case $base in
      '') problems="$problems
- consumers.$name.bases: there is no base '$title' in NocoDB, so $name got no role in it. Create it, or correct the title, and deploy again. There are: $(printf '%s\n' "$bases" | cut -d "$separator" -f 2 | sort | paste -s -d ',' - | sed 's/,/, /g')" ;;
      *"$newline"*) problems="$problems
- consumers.$name.bases: several bases in NocoDB are called '$title', so $name got a role in none of them. Rename one, and deploy again." ;;
      *) give_role "$base" "$base_role" && given="$given $base" ;;
    esac
  done <<LIST
$(wanted "$name" base)
LIST
  for base in $(left "$name" bases); do
    case " $given " in *" $base "*) continue ;; esac
    printf '%s\n' "$bases" | grep -q "^$base$separator" || continue
    find_role "$base"
    case $base_role in '' | owner) continue ;; esac
    as_admin DELETE "/api/v2/meta/bases/$base/users/$user_id"
    expect 200 "take the user $email out of base $base"
  done
}

# find_role BASE: sets base_role, empty for none
find_role() {
  as_admin GET "/api/v2/meta/bases/$1/users?limit=1000"
  expect 200 "list the users of base $1"
  base_role=$(printf '%s' "$answer" | rows users.list id roles | user_id=$user_id awk -F "$separator" '$1 == ENVIRON["user_id"] { print $2 }')
}

# give_role BASE ROLE. Whoever made the base owns it, which is more than any role.
give_role() {
  wanted_role=$2
  find_role "$1"
  body="{\"email\":$(json_text "$email"),\"roles\":\"$wanted_role\"}"
  case $base_role in
    owner | "$wanted_role") return 0 ;;
    '') as_admin POST "/api/v2/meta/bases/$1/users" "$body" ;;
    *) as_admin PATCH "/api/v2/meta/bases/$1/users/$user_id" "$body" ;;
  esac
  expect 200 "make $email $wanted_role of base $1"
}

ensure_consumer() {
  role=$(wanted "$name" role)
  file=$(wanted "$name" env_file) keeps=$(wanted "$name" keeps)
  # The plan has looked at this; a rotation has no plan, and a file can go in between.
  [ -f "$file" ] || [ "$keeps" = file ] || [ "$(wanted "$name" missing)" = create ] ||
    fail "consumers.$name.envFile: $file is not there on the host any more: put it back, or set consumers.$name.missingFile to create, and deploy"
  if [ "$role" = super-admin ]; then
    email=$admin_email user_id=$admin_id given=
  else
    email=$(email_of "$name")
    ensure_user "$email" "$(org_role "$role")"
    ensure_bases
  fi
  ensure_token
  { wanted "$name" line && printf 'NOCODB_API_TOKEN=%s\n' "$token"; } >"$lines"
  put_lines "$file" "$keeps" "$name" <"$lines"
  # The lines are in place, so the other tokens may go.
  read_tokens
  revoke_all "$user_id" "$(description_of "$name")" "$token_id"
  # It may have been the super admin's before.
  [ "$user_id" = "$admin_id" ] || revoke_all "$admin_id" "$(description_of "$name")"
  salt=$(new_salt)
  results="$results
$name salt=$salt
$name print=$(lines_in "$file" "$keeps" "$name" | fingerprint "$salt")
$name token=$token_id
$name bases=${given# }"
  echo "$name: $done_, in $file"
}

# hand_over_bases: those that $user_id owns get the super admin for an owner. NocoDB would leave them without one.
hand_over_bases() {
  read_bases
  for base in $(printf '%s\n' "$bases" | cut -d "$separator" -f 1); do
    find_role "$base"
    [ "$base_role" = owner ] || continue
    (user_id=$admin_id email=$admin_email && give_role "$base" owner)
    echo "$name: base $(printf '%s\n' "$bases" | sed -n "s/^$base$separator\(.*\)$separator\$/\1/p") handed over to $admin_email"
  done
}

# tell_what_holds_on: an environment is read when a container is created, so that of $name has the dead token until then
tell_what_holds_on() {
  container=$(printf '%s\n' "$former_wanted" | sed -n "s/^$name container //p")
  if [ -n "$container" ] && docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' -- "$container" 2>/dev/null | grep -q '^NOCODB_API_TOKEN='; then
    echo "$name: container $container holds the dead token until it is created anew"
  fi
}

# remove_others: what was wanted before, or is an account of ours, and is not wanted now
remove_others() {
  while read -r name keeps file; do
    [ -n "$name" ] || continue
    if places | grep -qxF -e "$name $keeps $file"; then continue; fi
    # Who moves to another place takes the token along.
    carried="$carried$name $(lines_in "$file" "$keeps" "$name" | token_of)$newline"
    take_lines "$file" "$keeps" "$name"
    echo "$name: lines taken out of $file"
    # The user of another consumer goes with its tokens; the super admin stays.
    is_wanted "$name" || revoke_all "$admin_id" "$(description_of "$name")"
  done <<LIST
$former_places
LIST
  while IFS=$separator read -r id_ email_ _; do
    case $email_ in *@"$email_domain") name=${email_%@*} ;; *) continue ;; esac
    if is_wanted "$name" && [ "$(wanted "$name" role)" != super-admin ]; then continue; fi
    user_id=$id_
    revoke_all "$user_id" "$(description_of "$name")"
    hand_over_bases
    as_admin DELETE "/api/v1/users/$user_id"
    expect 200 "delete user $email_"
    echo "$name: user and tokens removed"
    tell_what_holds_on
  done <<LIST
$users
LIST
}

# prove_revoked: NocoDB takes none of them any more
prove_revoked() {
  [ -n "$revoked$forget" ] || return 0
  forget_revoked
  for token in $revoked; do
    ! opens "$token" /api/v2/meta/bases || fail "NocoDB $version still takes a token that was deleted: restart it (docker restart $service), which forgets it."
  done
}

# deliver: env files are read when a container is created
deliver() {
  file=$(wanted "$name" env_file) container=$(wanted "$name" container) recreate=$(wanted "$name" recreate)
  lines_in "$file" "$(wanted "$name" keeps)" "$name" >"$lines"
  ! container_has "$container" <"$lines" || return 0
  if [ -z "$recreate" ]; then
    tell_how_to_recreate
    return
  fi
  recreate_container || {
    problems="$problems
- consumers.$name.recreate: \"$recreate\" $how, so container $container has not got what $file holds. Its last lines: $(tail -c 4000 -- "$heard" | masked "$file" | tail -n 5)"
    return 0
  }
  if container_has "$container" <"$lines"; then
    echo "$name: container $container created anew, with what $file holds"
  else
    problems="$problems
- consumers.$name.recreate: \"$recreate\" ended well, and container $container still has not got what $file holds: does it read that file (env_file), and is consumers.$name.container the right one?"
  fi
}

# recreate_container: sets how it failed. What it leaves running holds neither this step nor the lock.
recreate_container() {
  recreated=0
  runuser -u "$deploy_user" -- env HOME="$(getent passwd "$deploy_user" | cut -d : -f 6)" \
    timeout -k 10 300 sh -c "cd && $recreate" >"$heard" 2>&1 8>&- || recreated=$?
  case $recreated in
    0) return 0 ;;
    124 | 137) how="has not ended after 300 s" ;;
    *) how="failed" ;;
  esac
  return 1
}

tell_how_to_recreate() {
  labels=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.project.config_files"}} {{index .Config.Labels "com.docker.compose.service"}}' -- "$container" 2>/dev/null) || {
    echo "$name: there is no container $container; it reads $file when it is created"
    return
  }
  case $labels in
    /*' '?*) echo "$name: container $container has not got this yet. Run: docker compose -f $(printf '%s' "${labels% *}" | sed 's/,/ -f /g') up -d --force-recreate ${labels##* }" ;;
    *) echo "$name: container $container has not got this yet. Create it anew, with $file as its env file." ;;
  esac
}

prove() {
  token=$(lines_in "$(wanted "$name" env_file)" "$(wanted "$name" keeps)" "$name" | token_of)
  if [ "$(wanted "$name" role)" = super-admin ]; then email=$admin_email; else email=$(email_of "$name"); fi
  is_good "$token" || fail "NocoDB does not take the token of $name in $(wanted "$name" env_file)"
  [ "$email" = "$admin_email" ] || ! opens "$token" /api/v1/users ||
    fail "NocoDB $version shows its users to the token of $name, which must not be"
  echo "$name: token works"
}

note() {
  {
    printf 'kind=consumers\nservice=%s\nport=%s\nenv_file=%s\ndeploy_user=%s\n' "$service" "$port" "$env_file" "$deploy_user"
    [ -z "$consumers" ] || printf '%s\n' "$consumers" | sed 's/^/wanted=/'
    places | sed 's/^/place=/'
    printf '%s\n' "$results"
  } | remember "$key" "$1"
}

# note_beginning: where a connection breaks from here on, the next run still knows where lines may stand
note_beginning() {
  former_places=$(left_places) former_wanted=$(was_wanted)
  results=$(for name in $(names); do printf '%s bases=%s\n%s token=%s\n' "$name" "$(left "$name" bases)" "$name" "$(left "$name" token)"; done)
  {
    printf 'kind=unfinished\nservice=%s\nport=%s\nenv_file=%s\n' "$service" "$port" "$env_file"
    { printf '%s\n' "$former_places" && places; } | sort -u | sed -n 's/^./place=&/p'
    printf '%s\n' "$results"
  } | remember "$key" unfinished
  results=
}

# A rotation takes all from the record but the consumer's name.
take_from_record() {
  { [ -f "$record" ] && [ "$(noted kind)" = consumers ]; } || fail "the last deploy has left no finished record of the consumers on this host: deploy first"
  observed=$(noted word) service=$(noted service) port=$(noted port) env_file=$(noted env_file) deploy_user=$(noted deploy_user)
  consumers=$(was_wanted)
  is_wanted "$rotate" || fail "$rotate is no consumer of the last deploy. There are: $(names | paste -s -d ' ' -)"
}

main() {
  record=$manifest/$key
  lock_host "the consumers"
  [ -z "${rotate-}" ] || take_from_record
  problems='' results='' revoked='' forget='' carried=''
  lines=$(scratch) heard=$(scratch)
  trap 'rm -f -- "$lines" "$heard" "${new_file-}" "${candidate-}"' EXIT

  open_api || fail "container $service does not answer at port $port from the host, so its consumers cannot be looked after: $answer"
  sign_in_admin
  close_sign_up
  read_users "$email_domain"
  read_tokens
  note_beginning
  remove_others
  for name in $(names); do ensure_consumer; done
  prove_revoked
  for name in $(names); do deliver; done
  for name in $(names); do prove; done
  note "$observed"
  [ -z "$problems" ] || fail "Not everything could be done:$problems"
}

main </dev/null
