# Takes over a NocoDB that someone else has put on this host. See nocodb-by-hand.sh, taken-over.sh.
#
# Expects   really: yes, or no to only look; text: the app's own site; deploy_user; what nocodb-by-hand.sh and taken-over.sh
#           expect.
# Changes   with really=yes: makes a backup; puts the app's site in the place of the present one; stops the container, renames
#           it and leaves it as it is; copies its files, gives its tables to $role, takes the variables that the app will
#           set out of the consumers' env files. Where it fails, or was cut off before, all of that is put back. May run twice.
# Prints    what is there and what becomes of it. With really=no the last line is `ready`, or `complete` where that was done before.

# make_candidate: what the file with the site shall hold, in $candidate
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

# check_site: Caddy would load it, and serve every other name that it serves now
check_site() {
  cut=$(mktemp) candidate=$(mktemp)
  trap 'rm -f -- "$cut" "$candidate"' EXIT
  make_candidate
  now_=$(validate "$caddyfile" "" <"$caddyfile" 2>&1) || {
    unmet "Caddy would not load its present configuration: $now_"
    return 0
  }
  then_=$(validate "${site_in:-$(site_file)}" "" <"$candidate" 2>&1) || {
    unmet "Caddy would not load its configuration with the app's own site $site in it. Where the site stands in a place that the app does not look at, take it out by hand. $then_"
    return 0
  }
  [ "$(other_names "$now_")" = "$(other_names "$then_")" ] ||
    unmet "$site_in: where the block of $site ends cannot be told with certainty (lines ${site_lines%,*} to ${site_lines#*,}, and Caddy would serve other names without them). Keep a copy of the block, take it out by hand, and try again."
}

other_names() {
  printf '%s\n' "$1" | grep -vxF -e "\"$site\"" || true
}

# prepare: all that can fail, while the old container serves
prepare() {
  mkdir -p -- "$kept"
  note_taken name "$old_name"
  note_taken restart "$(docker inspect -f '{{with .HostConfig.RestartPolicy}}{{or .Name "no"}}{{if .MaximumRetryCount}}:{{.MaximumRetryCount}}{{end}}{{end}}' -- "$old_id")"
  note_taken port "$port"
  note_taken since "$(date +%s)"
  note_taken id "$old_id"
  docker inspect -- "$old_id" >"$kept/container.json"
  if [ -f "$env_file" ]; then cp -p -- "$env_file" "$kept/nocodb.env"; fi
  way_back_in_database >"$kept/.back.sql"
  mv -f -- "$kept/.back.sql" "$kept/back.sql"
  docker image inspect -- "$image" >/dev/null 2>&1 || said=$(docker pull -q -- "$image" 2>&1) ||
    fail "image $image cannot be had, so nothing was changed: $(printf '%s' "$said" | tail -n 1)"
  copy_files
  note_served "$image" "$(docker inspect -f '{{.Image}}' -- "$old_id")"
  final_=$data_directory
  [ -z "$old_data" ] || data_directory=$staging
  make_backup "before container $old_name was taken over"
  data_directory=$final_
  note_taken backup "$backup"
  note_taken image "$image"
  echo "backup $backup made"
}

# way_back_in_database: what gives roles, owners and the super admin's password back, as SQL
way_back_in_database() {
  in_database -v role="$role" -v old_role="$old_role" -v database="$database" <<'SQL'
SELECT format('ALTER ROLE %I PASSWORD %L;', rolname, rolpassword) FROM pg_authid WHERE rolname = :'role';
SELECT format('SELECT %L WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = %L) \gexec',
  format('REASSIGN OWNED BY %I TO %I', :'role', :'old_role'), :'role') WHERE :'role' <> :'old_role';
SELECT format('ALTER DATABASE %I OWNER TO %I;', datname, pg_get_userbyid(datdba)) FROM pg_database WHERE datname = :'database';
SELECT format('UPDATE nc_users_v2 SET password = %L, salt = %L WHERE id = %L;', password, salt, id)
  FROM nc_users_v2 WHERE 'super' = ANY (string_to_array(roles, ','));
SQL
}

copy_files() {
  [ -n "$old_data" ] || return 0
  staging=$data_directory.taking-over
  (umask 022 && mkdir -p -- "$staging")
  said=$(docker cp "$old_id:$old_data/." "$staging" 2>&1) || fail "$old_data of container $old_name cannot be copied to $staging: $(printf '%s' "$said" | tail -n 1)"
  chown -R 1000:1000 -- "$staging"
}

# Not what belongs to an extension or, like the sequence of a column, to something that is listed itself.
own_everything() {
  said=$(in_database --single-transaction -v role="$role" 2>&1 <<'SQL'
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
  ) || fail "the tables in database $database could not be given to role $role: $(printf '%s\n' "$said" | tail -n 2)"
}

# swap: from here on all is put back where it fails
swap() {
  trap undo EXIT
  swap_site
  docker update --restart=no "$old_id" >/dev/null
  docker stop --time 10 "$old_id" >/dev/null
  echo "container $old_name stopped"
  if [ -n "$old_data" ]; then
    copy_files
    note_taken files "$old_data"
    rmdir -- "$data_directory" 2>/dev/null || true
    mv -T -- "$staging" "$data_directory"
  fi
  own_everything
  for each_consumer in $(names); do swap_lines "$each_consumer"; done
  before=${old_name}_before
  ! docker container inspect -- "$before" >/dev/null 2>&1 || before=${before}_$(date +%s)
  docker rename "$old_id" "$before"
  note_taken complete "$(date -u '+%Y-%m-%d %H:%M:%S UTC')"
  trap - EXIT
  rm -f -- "$cut" "$candidate"
}

swap_site() {
  [ -n "$site_in" ] || return 0
  lock_caddyfile
  find_site
  make_candidate
  trouble=$(validate "$site_in" "" <"$candidate" 2>&1) || fail "Caddy would not load $site_in any more, so nothing was changed in it: $trouble"
  keep_lines site "$site_in" "$site_lines"
  if [ -n "$sites_directory" ] && [ "$site_in" = "$(site_file)" ]; then cat -- "$site_in" >"$kept/site/whole"; fi
  install_file "$site_in" "$candidate"
}

# swap_lines CONSUMER
swap_lines() {
  ranges_=$(shared_lines "$1" | sed 's/.*/&,&/')
  [ -n "$ranges_" ] || return 0
  path_=$(wanted "$1" env_file)
  # shellcheck disable=SC2086 # pairs of numbers
  keep_lines "lines-$1" "$path_" $ranges_
  # shellcheck disable=SC2086
  without_lines "lines-$1" "$path_" $ranges_ >"$kept/.lines"
  put_file "$path_" block <"$kept/.lines"
}

undo() {
  trap - EXIT
  trap '' HUP INT PIPE TERM
  rm -f -- "$cut" "$candidate"
  echo "The take-over stopped there; it is put back." >&2 || true
  put_back >&2
}

tell_way_back() {
  echo "container $old_name is taken over; it stays stopped, as $before, with $kept for the way back:"
  echo "  npx cdktf destroy $environment"
  echo "  npm run take-over -- $environment --back"
  composed_=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}} out of {{index .Config.Labels "com.docker.compose.project.config_files"}}' -- "$old_id")
  case $composed_ in
    ' out of '*) echo "Take it out of what made it (a playbook, a script), which would make it again." ;;
    *) echo "Take the service $composed_, or \`docker compose up\` starts it again beside the new one." ;;
  esac
}

main() {
  problems='' shown=yes
  if [ -n "$(taken complete)" ]; then
    echo "container $(taken name) was taken over at $(taken complete), after backup $(taken backup)"
    echo complete
    return
  fi
  if [ -n "$(taken id)" ]; then
    echo "The take-over of container $(taken name) was cut off: it is put back first, and then begun anew."
    if [ "$really" != yes ]; then
      echo ready
      return
    fi
    lock_host "a take-over" 60
    put_back
    shown=no
  fi
  find_it
  check_all
  check_site
  if [ "$really" != yes ] || [ "$shown" != yes ]; then show_it; fi
  [ -z "$problems" ] || fail "It cannot be taken over yet, and nothing was changed:$problems"
  if [ "$really" != yes ]; then
    echo ready
    return
  fi
  lock_host "a take-over" 60
  # From here on a kill leaves behind what the next one to have the lock removes.
  rm -f -- "$cut" "$candidate"
  cut=$(scratch) candidate=$(scratch)
  prepare
  swap
  tell_way_back
}

main </dev/null
