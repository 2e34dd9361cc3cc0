# A NocoDB that someone else has installed on this host: its settings, and what prevents its adoption.
#
# Expects   $container: its name, may be empty; $name, $image, $networks: of the app's container; $environment: its
#           name; $admin_email; $expected: the app's secrets, see service-secrets/secret.ts; $variables: names that the
#           environment file sets.
# Changes   nothing.
# Needs     adopt/settings.sh nocodb/consumers/ask.sh nocodb/consumers/env-files.sh nocodb/consumers/lib.sh nocodb/super-admin.sh
#           caddy-site/lib.sh caddy-site/unmanaged.sh backup/lib.sh nocodb/kind.sh nocodb/requirements.sh

# find_container: sets old_id, old_name, old_state, old_image
find_container() {
  choose_container
  old_name=$(docker inspect -f '{{slice .Name 1}}' -- "$old_id")
  old_state=$(docker inspect -f '{{.State.Status}}' -- "$old_id")
  old_image=$(docker inspect -f '{{.Config.Image}}' -- "$old_id")
  old_settings=$(docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' -- "$old_id")
}

# fail_without_candidate: says that there is nothing to adopt, or that the app has created what is there
fail_without_candidate() {
  owner_=$(docker inspect -f '{{index .Config.Labels "cdktf.environment"}}' -- "$name" 2>/dev/null) || owner_=
  [ -n "$container" ] || [ "$owner_" != "$environment" ] ||
    fail "container $name is this app's own already, and the host has no other NocoDB to adopt."
  fail "this host has no NocoDB${container:+ in a container $container} that this app did not create. \`npx cdktf deploy $environment\` creates one."
}

# choose_container: sets old_id to the container with that name, or to the only one on the app's networks or the host
choose_container() {
  find_unmanaged
  case "
$workers" in *"
${container:--} "*) fail "container $container is a worker of a NocoDB (NC_WORKER_CONTAINER): name the container that serves" ;; esac
  chosen_=$(printf '%s\n' "$unmanaged" | only=$container own=$name networks=$networks awk '
    BEGIN { count = split(ENVIRON["networks"], network, " ") }
    NF == 0 { next }
    ENVIRON["only"] != "" { if ($1 == ENVIRON["only"]) print $1, $2; next }
    { near = $1 == ENVIRON["own"]
      for (i = 1; i <= count; i++) near = near || index(" " $0 " ", " " network[i] " ") > 0
      all = all $1 " " $2 "\n"
      if (near) beside = beside $1 " " $2 "\n" }
    END { printf "%s", beside != "" ? beside : all }')
  case $chosen_ in
    '') fail_without_candidate ;;
    *"
"*) fail "this host has several NocoDBs that this app did not create: $(printf '%s\n' "$chosen_" | cut -d ' ' -f 1 | paste -s -d ' ' -). Choose one: npx nocodb-host adopt $environment --container NAME" ;;
  esac
  old_id=${chosen_#* }
  ! is_service "$old_id" ||
    fail "NocoDB runs as service ${chosen_%% *} of the cluster, and only containers can be adopted: run it as a container of this host instead, with the same settings, and adopt that"
}

# check_server: fails if its database is not in our PostgreSQL, because then nothing else can be checked
check_server() {
  case $old_client in
    pg | postgres | postgresql) ;;
    '' | sqlite*) fail "container $old_name keeps its database in SQLite (it has no NC_DB), and only one in PostgreSQL can be adopted, because NocoDB cannot convert it. Stop and rename the container (docker stop $old_name; docker rename $old_name ${old_name}_before), deploy, and move its bases by export and import." ;;
    *) fail "container $old_name keeps its database in $old_client, and only one in PostgreSQL can be adopted, because NocoDB cannot convert it." ;;
  esac
  [ -n "$old_role" ] || fail "container $old_name has no PostgreSQL role in its settings, so the owner of its tables is unknown: set one there first"
  names_=$(docker inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' -- "$old_id" | while read -r each_; do
    [ -z "$each_" ] || docker inspect -f "{{with index .NetworkSettings.Networks \"$each_\"}}{{.IPAddress}}{{range .Aliases}} {{.}}{{end}} $database_container{{end}}" -- "$database_container"
  done | paste -s -d ' ' -)
  case " $names_ " in *" $old_host "*) ;; *)
    fail "container $old_name has its database at $old_host, which is not container $database_container on a network that both share. Correct postgresql.container in the environment file. A database on another server cannot be adopted: move it into $database_container first (pg_dump, pg_restore)."
    ;;
  esac
  holds_data ||
    fail "container $old_name has its database $database in container $database_container, which holds no NocoDB: is it the right container, and has it ever started?"
}

# check_setting PATH VALUE NOW: the environment file must set PATH to VALUE; it sets NOW
check_setting() {
  [ "$2" = "$3" ] || unmet "environment file, $1: set it to $2 (it is $3)"
}

# check_version: the environment file has the version that runs, because a migration could not be reverted
check_version() {
  api_container=$old_id port=$(setting PORT)
  port=${port:-8080}
  find_api || fail "container $old_name does not answer at port $port from the host, so its version is unknown: $info. Only a NocoDB that works can be adopted."
  version=$(info_value version)

  [ "$image_version" = "$version" ] ||
    [ "$(docker image inspect -f '{{.Id}}' -- "$image" 2>/dev/null)" = "$(docker inspect -f '{{.Image}}' -- "$old_id")" ] ||
    unmet "environment file, image: NocoDB $version runs in container $old_name, so set it to nocodb/nocodb:$version (it is $image); change the version in a later deploy"
}

# check_role: the role is not used for anything else
check_role() {
  set -- "$(sql "$database_container" "$superuser" -v role="$role" -v database="$database" <<'SQL'
SELECT CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = :'role') THEN 'is a superuser'
  ELSE 'owns the database ' || (SELECT min(datname) FROM pg_database WHERE pg_get_userbyid(datdba) = :'role' AND datname <> :'database') END;
SQL
  )"
  [ -z "$1" ] || unmet "environment file, postgresql.role: role $role $1, and its password would be changed: name a role that only NocoDB uses, such as nocodb"
}

# old_secret NAME POLICY: prints the value with which the container runs, if the app keeps that. NocoDB stores a secret
# that signs sessions in its database if it was given none. The app sets the passwords itself.
old_secret() {
  case "$1 $2" in
    'NC_AUTH_JWT_SECRET '*)
      value_=$(setting NC_AUTH_JWT_SECRET)
      [ -n "$value_" ] || value_=$(echo "SELECT value FROM nc_store WHERE key = 'nc_auth_jwt_secret'" | in_database 2>/dev/null) || value_=
      printf '%s' "$value_"
      ;;
    *' generated') ;;
    *) setting "$1" ;;
  esac
}

# check_secrets: the host has no other encryption key, and each secret of the environment file has a value of one line
check_secrets() {
  key_=$(next_value NC_CONNECTION_ENCRYPT_KEY) record_=$(secrets_record)
  [ -z "$key_" ] || [ "$key_" = "$(setting NC_CONNECTION_ENCRYPT_KEY)" ] ||
    unmet "$secrets holds an NC_CONNECTION_ENCRYPT_KEY, and container $old_name runs with another one or with none, so NocoDB could not read its data sources. If no other data needs that key, move $secrets${record_:+ and $record_} away, and try again."
  long_=$(docker inspect -f '{{range .Config.Env}}{{if gt (len (split . "\n")) 1}}{{index (split . "=") 0}} {{end}}{{end}}' -- "$old_id")
  while read -r name_ policy_ _; do
    if [ -n "$(old_secret "$name_" "$policy_")" ]; then
      case " $long_" in *" $name_ "*) unmet "$name_ of container $old_name has several lines, and a secret can have only one: change it there first" ;; esac
    elif [ "$policy_" = given ] && [ -z "$(next_value "$name_")" ]; then
      unmet "secrets: neither container $old_name nor the host has a value for $name_: set it with \`npx nocodb-host secret set $environment $name_\`, which reads it from standard input"
    fi
  done <<LIST
$expected
LIST
}

# read_data: sets old_data to the directory of its files, empty if they are in $data_directory already
read_data() {
  old_data=$(first_setting NC_APP_DATA_DIR NC_TOOL_DIR)
  old_data=${old_data:-/usr/app/data}
  old_data=${old_data%/}
  source_=$(docker inspect -f '{{range .Mounts}}{{println .Destination .Source}}{{end}}' -- "$old_id" |
    path=$old_data awk '($1 == ENVIRON["path"] || index(ENVIRON["path"], $1 "/") == 1) && length($1) > length(at) { at = $1; from = $2 }
      END { if (at != "") print from substr(ENVIRON["path"], length(at) + 1) }')
  if [ "$source_" = "$data_directory" ]; then
    old_data=
  elif [ "$(ls -A -- "$data_directory" 2>/dev/null)" != "" ]; then
    unmet "$data_directory is not empty, and the files of container $old_name (at $old_data in it) must go there: move its content away"
  fi
}

# find_site: sets site_in to a file and site_lines to FIRST,LAST; both empty if the site is not served yet
find_site() {
  site_in='' site_lines=''
  for each_ in "$caddyfile" ${sites_directory:+"$sites_directory"/*}; do
    [ -f "$each_" ] || continue
    while read -r first_ last_ addresses_; do
      [ -n "$first_" ] || continue
      [ -z "$site_in" ] || unmet "$site_in and $each_ have several blocks for $site: keep one, and try again"
      site_in=$each_ site_lines=$first_,$last_
      for address_ in $addresses_; do
        case ${address_#*://} in "$site" | "$site":* | "$site"/*) ;; *)
          unmet "$each_, lines $first_ to $last_: the block of $site serves $address_, too. Give that a block of its own, and try again."
          ;;
        esac
      done
    done <<LIST
$(unmanaged_sites "$site" "$each_")
LIST
  done
}

check_all() {
  read_database
  check_server
  check_setting postgresql.database "$database" "$configured_database"
  # shellcheck disable=SC2046,SC2086 # names of networks
  unmet_workers "$(workers_of "$database" "$database_container" $networks $(docker inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' -- "$old_id"))" "$database"
  check_version
  email_=$(super_admin_of "$database_container" "$superuser" "$database" 2>&1) || {
    unmet_if_locked "$email_" "$database"
    email_=
  }
  [ -z "$email_" ] || check_setting admin.email "$(lower "$email_")" "$(lower "$admin_email")"
  check_role
  check_secrets
  read_data
  find_site
  [ "$(docker inspect -f '{{.HostConfig.AutoRemove}}' -- "$old_id")" = false ] ||
    unmet "container $old_name was started with --rm, so a stop would remove it, and the adoption could not be reverted: start it without --rm"
}

lower() {
  printf '%s' "$1" | tr '[:upper:]' '[:lower:]'
}

# describe_container: prints what is adopted, for the person who confirms it
describe_container() {
  echo "container $old_name: $old_state, image $old_image, NocoDB $version"
  set -- "$(in_database <<'SQL'
SELECT (SELECT count(*) FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema$)') || ' tables, '
  || (SELECT count(*) FROM nc_users_v2) || ' users, ' || (SELECT count(*) FROM nc_api_tokens) || ' API tokens';
SQL
  )"
  new_=
  [ "$old_role" = "$role" ] || new_=", from now on as $role, the owner of all of it"
  echo "database $database in container $database_container: $1; used as role $old_role$new_"
  if [ -n "$old_data" ]; then
    echo "files: $old_data in the container, $(docker exec "$old_id" du -sh -- "$old_data" 2>/dev/null | cut -f 1), copied to $data_directory"
  else
    echo "files: $data_directory, where they are"
  fi
  if [ -n "$site_in" ]; then echo "site $site: lines ${site_lines%,*} to ${site_lines#*,} of $site_in, replaced by the app's own"; else echo "site $site: not served yet"; fi
  for each_ in $(names); do
    lines_=$(shared_lines "$each_")
    [ -z "$lines_" ] || echo "consumer $each_: lines $(printf '%s' "$lines_" | paste -s -d ' ' -) of $(desired "$each_" envFile) are removed, and it gets a token of its own. The old token stays valid."
  done
  show_secrets
}

# shared_lines CONSUMER: prints the numbers of lines in its env file that set variables of the app
shared_lines() {
  file_=$(desired "$1" envFile)
  { [ "$(desired "$1" ownFile)" = false ] && [ -f "$file_" ]; } || return 0
  unmanaged_lines "$1" "$file_"
}

# copied_secrets: prints the names of those that the container has
copied_secrets() {
  printf '%s\n' "$expected" | while read -r name_ policy_ _; do
    [ -z "$(old_secret "$name_" "$policy_")" ] || printf '%s\n' "$name_"
  done
}

# show_secrets: prints what the adoption means for secrets, sessions, the super admin and other variables
show_secrets() {
  copied_=$(copied_secrets)
  [ -z "$copied_" ] || echo "secrets: $(printf '%s' "$copied_" | paste -s -d ' ' -), copied from the container to $secrets"
  case $copied_ in
    *NC_AUTH_JWT_SECRET*) echo "sessions: everybody stays signed in, except the super admin" ;;
    *) echo "sessions: everybody has to sign in again, because the secret that signs them was not found" ;;
  esac
  echo "super admin: gets the password that \`npx nocodb-host sign-in $environment\` prints"
  more_=$({ printf '%s\n' "$old_settings" | grep -vxF -e "$(docker inspect -f '{{.Image}}' -- "$old_id" | xargs docker image inspect -f '{{range .Config.Env}}{{println .}}{{end}}')" || true; } | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' |
    grep -vxE '(NC_)?DATABASE_URL(_FILE)?|NC_DB(_JSON|_JSON_FILE)?|NC_(PUBLIC|SITE)_URL|NC_TOOL_DIR|NC_APP_DATA_DIR|NC_DISABLE_TELE|NC_ADMIN_EMAIL|NODE_OPTIONS|PORT' |
    grep -vxF -e "$(printf '%s' "$variables" | tr ' ' '\n')" -e "$(printf '%s\n' "$expected" | cut -d ' ' -f 1)" | paste -s -d ' ' -) || more_=
  [ -z "$more_" ] || echo "variables that the environment file lacks: $more_. Add those that matter to \`variables\`, or to \`secrets\`, which copies the value."
}
