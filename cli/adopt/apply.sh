# Adopts a NocoDB that someone else has installed on this host.
#
# Expects   $confirmed: yes, or no to change nothing; $text: the app's own site; the inputs of inspect.sh and
#           adoption.sh: $container $name $image $release $image_version $networks $environment $admin_email $expected
#           $secrets $pinned_secrets $variables $service $service_kind $backups $data_directory $keep $database_container
#           $superuser $database $role $env_file $deploy_user $consumers $caddy $caddyfile $sites_directory $site
#           $grace_period.
# Changes   with confirmed=yes: copies the container's secrets and makes a backup; replaces the current site by the app's;
#           stops and renames the container; copies its files, gives its tables to $role, and removes the variables that
#           the app will set from the consumers' env files. If it fails, or was interrupted before, all of that is
#           reverted. May run twice.
# Prints    what it found and what changes, never a secret. With confirmed=no the last line is `ready`, or `complete` if
#           NocoDB was adopted before.
# Needs     adopt/inspect.sh adopt/adoption.sh adopt/trial.sh

# make_candidate: writes the new content of the file with the site to $candidate
make_candidate() {
  set_marks "$site"
  if [ -n "$site_in" ]; then
    without_lines site "$site_in" "$site_lines" >"$cut"
  else
    cat -- "$caddyfile" >"$cut"
  fi
  if [ -n "$site_in" ] && [ "$site_in" != "$(site_file)" ]; then
    cat -- "$cut"
  elif [ -n "$sites_directory" ]; then
    printf '%s\n' "$text"
  else
    printf '%s\n' "$text" | file_with_block "$cut"
  fi >"$candidate"
}

# check_site: whether Caddy would load the candidate, and serve every other name that it serves now
check_site() {
  cut=$(mktemp) candidate=$(mktemp)
  trap 'rm -f -- "$cut" "$candidate"' EXIT
  make_candidate
  output=$({ open_caddy && check_current; } 2>&1) || {
    unmet "$output"
    return 0
  }
  open_caddy
  now_=$(adapted)
  then_=$(adapted_with "${site_in:-$(site_file)}" "$candidate" 2>&1) || {
    unmet "Caddy would not load its configuration with the app's own site $site in it. If the site is in a file that the app does not read, remove it there by hand. $then_"
    return 0
  }
  [ "$(other_names "$now_")" = "$(other_names "$then_")" ] ||
    unmet "$site_in: the end of the block of $site is not certain (without lines ${site_lines%,*} to ${site_lines#*,} Caddy would serve other names). Keep a copy of the block, remove it by hand, and try again."
}

# other_names LINES: prints the host names except the site's
other_names() {
  printf '%s\n' "$1" | names_in | grep -vxF -e "$site" || true
}

# prepare: everything that can fail while the old container serves
prepare() {
  mkdir -p -- "$adoption_directory"
  record_adoption name "$old_name"
  record_adoption restart "$(docker inspect -f '{{with .HostConfig.RestartPolicy}}{{or .Name "no"}}{{if .MaximumRetryCount}}:{{.MaximumRetryCount}}{{end}}{{end}}' -- "$old_id")"
  record_adoption port "$port"
  record_adoption since "$(date +%s)"
  record_adoption id "$old_id"
  docker inspect -- "$old_id" >"$adoption_directory/container.json"
  if [ -f "$env_file" ]; then cp -p -- "$env_file" "$adoption_directory/nocodb.env"; fi
  revert_sql >"$adoption_directory/.revert.sql"
  mv -f -- "$adoption_directory/.revert.sql" "$adoption_directory/revert.sql"
  docker image inspect -- "$image" >/dev/null 2>&1 || output=$(docker pull -q -- "$image" 2>&1) ||
    fail "image $image cannot be pulled, so nothing was changed: $(printf '%s' "$output" | tail -n 1)"
  copy_secrets
  copy_files
  record_served "$image" "$(docker inspect -f '{{.Image}}' -- "$old_id")" "$release" "$version"
  final_=$data_directory
  [ -z "$old_data" ] || data_directory=$staging
  make_backup "before container $old_name was adopted"
  data_directory=$final_
  record_adoption backup "$backup"
  record_adoption image "$image"
  echo "backup $backup created"
}

# copy_secrets: puts the secrets into use with which the old container runs, before the backup, which holds some of them
copy_secrets() {
  [ -d "$secrets" ] || record_adoption secrets new
  printf '%s\n' "$expected" | while read -r name_ policy_ _; do
    value_=$(old_secret "$name_" "$policy_")
    [ -n "$value_" ] || value_=$(secret_value "$name_")
    [ -z "$value_" ] || printf '%s=%s\n' "$name_" "$value_"
  done | put_values
}

# revert_sql: prints SQL that restores role, owners and the super admin's password
revert_sql() {
  in_database -v role="$role" -v old_role="$old_role" -v database="$database" <<'SQL'
SELECT format('ALTER ROLE %I PASSWORD %L;', rolname, rolpassword) FROM pg_authid WHERE rolname = :'role';
SELECT format('SELECT %L WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = %L) \gexec',
  format('REASSIGN OWNED BY %I TO %I', :'role', :'old_role'), :'role') WHERE :'role' <> :'old_role';
SELECT format('ALTER DATABASE %I OWNER TO %I;', datname, pg_get_userbyid(datdba)) FROM pg_database WHERE datname = :'database';
SELECT format('UPDATE nc_users_v2 SET password = %L, salt = %L WHERE id = %L;', password, salt, id)
  FROM nc_users_v2 WHERE 'super' = ANY (string_to_array(roles, ','));
SQL
}

# copy_files: copies the files of the old container beside the data directory
copy_files() {
  [ -n "$old_data" ] || return 0
  staging=$data_directory.adopting
  (umask 022 && mkdir -p -- "$staging")
  output=$(docker cp "$old_id:$old_data/." "$staging" 2>&1) || fail "$old_data of container $old_name cannot be copied to $staging: $(printf '%s' "$output" | tail -n 1)"
  chown -R 1000:1000 -- "$staging"
}

# transfer_ownership: gives everything in the database to the role, except what belongs to an extension or, like the
# sequence of a column, to something that is listed itself.
transfer_ownership() {
  output=$(in_database --single-transaction -v role="$role" 2>&1 <<'SQL'
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '10s';
SET LOCAL search_path = pg_catalog;
SELECT format('CREATE ROLE %I LOGIN', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('ALTER %s OWNER TO %I', what, :'role')
FROM (
  SELECT oid, nspowner AS owner, oid AS schema, format('SCHEMA %I', nspname) AS what FROM pg_namespace WHERE nspname <> 'public'
  UNION ALL
  SELECT oid, relowner, relnamespace, CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
    WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END || ' ' || oid::regclass FROM pg_class WHERE relkind IN ('r', 'p', 'S', 'v', 'm', 'f')
  UNION ALL
  SELECT oid, proowner, pronamespace, 'ROUTINE ' || oid::regprocedure FROM pg_proc WHERE prokind <> 'a'
  UNION ALL
  SELECT oid, proowner, pronamespace, 'AGGREGATE ' || oid::regprocedure FROM pg_proc WHERE prokind = 'a'
  UNION ALL
  SELECT oid, typowner, typnamespace, 'TYPE ' || oid::regtype FROM pg_type
    WHERE typtype IN ('d', 'e', 'r') OR (typtype = 'c' AND EXISTS (SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind = 'c'))
) AS thing
JOIN pg_namespace ON pg_namespace.oid = schema
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND pg_get_userbyid(owner) <> :'role'
  AND NOT EXISTS (SELECT FROM pg_depend WHERE pg_depend.objid = thing.oid AND deptype IN ('a', 'i', 'e')) \gexec
SQL
  ) || fail "the tables in database $database could not be given to role $role: $(printf '%s\n' "$output" | tail -n 2)"
}

# swap: replaces the old container; if it fails from here on, everything is reverted
swap() {
  trap undo EXIT
  swap_site
  docker update --restart=no "$old_id" >/dev/null
  docker stop --time "$grace_period" "$old_id" >/dev/null
  echo "container $old_name stopped"
  if [ -n "$old_data" ]; then
    copy_files
    record_adoption files "$old_data"
    rmdir -- "$data_directory" 2>/dev/null || true
    mv -T -- "$staging" "$data_directory"
  fi
  transfer_ownership
  for each_consumer in $(names); do swap_lines "$each_consumer"; done
  before=${old_name}_before
  ! docker container inspect -- "$before" >/dev/null 2>&1 || before=${before}_$(date +%s)
  docker rename "$old_id" "$before"
  record_adoption complete "$(date -u '+%Y-%m-%d %H:%M:%S UTC')"
  trap - EXIT
  rm -f -- "$cut" "$candidate"
}

# swap_site: replaces the current site by the app's
swap_site() {
  [ -n "$site_in" ] || return 0
  lock_caddyfile
  find_site
  make_candidate
  keep_lines site "$site_in" "$site_lines"
  if [ -n "$sites_directory" ] && [ "$site_in" = "$(site_file)" ]; then cat -- "$site_in" >"$adoption_directory/site/whole"; fi
  install_file "$site_in" "$candidate"
}

# swap_lines CONSUMER: removes the lines that the app will set from its env file
swap_lines() {
  ranges_=$(shared_lines "$1" | sed 's/.*/&,&/')
  [ -n "$ranges_" ] || return 0
  path_=$(desired "$1" envFile)
  # shellcheck disable=SC2086 # pairs of numbers
  keep_lines "lines-$1" "$path_" $ranges_
  # shellcheck disable=SC2086
  without_lines "lines-$1" "$path_" $ranges_ >"$adoption_directory/.lines"
  put_file "$path_" false <"$adoption_directory/.lines"
}

undo() {
  trap - EXIT
  trap '' HUP INT PIPE TERM
  rm -f -- "$cut" "$candidate"
  echo "The adoption failed and is reverted." >&2 || true
  revert >&2
}

print_revert() {
  echo "container $old_name was adopted. It stays stopped, as $before, and $adoption_directory holds what a revert needs:"
  echo "  npx cdktf destroy $environment"
  echo "  npx nocodb-host adopt $environment --revert"
  composed_=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}} from {{index .Config.Labels "com.docker.compose.project.config_files"}}' -- "$old_id")
  case $composed_ in
    ' from '*) echo "Remove it from the playbook or script that created it; otherwise the next run creates it again." ;;
    *) echo "Remove service $composed_; otherwise \`docker compose up\` starts it again beside the new one." ;;
  esac
}

main() {
  event=adoption
  problems='' shown=yes
  if [ -n "$(adoption_value complete)" ]; then
    echo "container $(adoption_value name) was adopted at $(adoption_value complete), after backup $(adoption_value backup)"
    echo complete
    return
  fi
  if [ -n "$(adoption_value id)" ]; then
    echo "The adoption of container $(adoption_value name) was interrupted: it is reverted first, and then run again."
    if [ "$confirmed" != yes ]; then
      echo ready
      return
    fi
    lock_host "an adoption" 60
    revert
    shown=no
  fi
  find_container
  check_all
  check_site
  if [ "$confirmed" != yes ] || [ "$shown" != yes ]; then describe_container; fi
  [ -z "$problems" ] || fail "The container cannot be adopted yet, and nothing was changed:$problems"
  if [ "$confirmed" != yes ]; then
    echo ready
    return
  fi
  lock_host "an adoption" 60
  # From here on the next script that holds the lock removes the files that a kill leaves.
  rm -f -- "$cut" "$candidate"
  cut=$(scratch) candidate=$(scratch)
  prepare
  swap
  note_event "container $old_name with its database, after backup $backup"
  print_revert
}

main </dev/null
