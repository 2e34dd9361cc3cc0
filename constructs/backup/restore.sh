# Replaces the service's data by a backup.
#
# Expects   $container: of the service; $backup: a name, or `latest`; $confirmed: yes, or no to change nothing;
#           $discard: yes keeps nothing of the current data; $grace_period: in seconds; $service $service_kind $backups
#           $keep $database_container $superuser $database $role $data_directory $secrets $pinned_secrets $owned_tables.
# Changes   with confirmed=yes, in this order: creates a database and files from the backup, beside those in use; stops
#           the service; makes a backup of its data; exchanges both. If it fails before the exchange, the service runs
#           as before; if it is interrupted during the exchange, run it again. May run twice.
# Prints    with confirmed=no: what would be restored and what would be lost, then the backup's metadata as lines
#           name=value. Otherwise what was done.
# Needs     backup/fresh-database.sh postgres-database/owner.sh swarm-service/lib.sh

# exchange_mark: prints the path of a file that exists during the exchange and holds the backup's name
exchange_mark() {
  printf '%s/.restoring' "$backups"
}

# latest_backup: prints its name. A backup that a restore or a failed upgrade has made is restored only by its name.
latest_backup() {
  if [ -f "$(exchange_mark)" ]; then cat -- "$(exchange_mark)"; else settled_backups | head -n 1; fi
}

# choose: sets backup to a name, and checks that backup
choose() {
  [ "$backup" != latest ] || backup=$(latest_backup)
  [ -n "$backup" ] || fail "there is no backup in $backups"
  check_backup "$backup"
  [ "$(metadata_of "$backup" role)" = "$role" ] ||
    fail "backup $backup belongs to role $(metadata_of "$backup" role), not $role: set postgresql.role in the environment file to that"
  others=$(other_owners "$database_container" "$superuser" "$database" "$role" | sed -n '1s/^[a-z]* //p')
  [ -z "$others" ] ||
    fail "database $database, or role $role, belongs to $(describe_owner "$others"), so nothing was changed: correct postgresql in the environment file"
}

# show: prints what would be restored and lost
show() {
  printf 'backup %s, made %s, %s\n' "$backup" "$(date -u -d "@$(metadata_of "$backup" made)" '+%Y-%m-%d %H:%M:%S UTC')" "$(metadata_of "$backup" reason)"
  if [ -f "$(exchange_mark)" ]; then
    echo "a restore of $(cat -- "$(exchange_mark)") was interrupted, and this one finishes it: the data from before it is in the newest backup"
  elif holds_data; then
    show_losses
  else
    echo "database $database holds no data now: nothing would be lost"
  fi
  grep '=' "$backups/$backup/metadata"
}

show_losses() {
  # shellcheck disable=SC2046 # three numbers each
  set -- $(metadata_of "$backup" activity) $(activity)
  if [ "$4" -lt "$1" ] || [ "$5" -lt "$2" ] || [ "$6" -lt "$3" ]; then
    echo "rows written since: unknown, because PostgreSQL has reset its counters"
  else
    echo "rows written since, which would be lost: $(($4 - $1)) inserted, $(($5 - $2)) updated, $(($6 - $3)) deleted, including the service's own"
  fi
}

# prepare_database: creates it from the dump
prepare_database() {
  output=$(sql "$database_container" "$superuser" -v role="$role" 2>&1 <<'SQL'
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('GRANT %I TO %I', :'role', current_user) WHERE NOT pg_has_role(:'role', 'USAGE') \gexec
SQL
  ) || fail "PostgreSQL $(at_server "$database_container") cannot create role $role, so nothing was changed: $(last_lines)"
  create_fresh
  owner=$(echo "SELECT min(tableowner) FROM pg_tables WHERE schemaname = 'public' AND tablename ~ :'owned_tables' AND tableowner <> :'role'" |
    sql "$database_container" "$superuser" -d "$fresh" -v owned_tables="$owned_tables" -v role="$role")
  [ -z "$owner" ] || fail "the tables in the dump belong to role $owner, not $role, so nothing was changed: set postgresql.role in the environment file to that"
}

# prepare_data: unpacks the files in the data directory, so on the same disk, because the exchange renames them
prepare_data() {
  existed=yes
  [ -d "$data_directory" ] || existed=no
  rm -rf -- "$data_directory/.restoring" "$data_directory/.replaced"
  (umask 022 && mkdir -p -- "$data_directory")
  mkdir -- "$data_directory/.restoring" "$data_directory/.replaced"
  output=$(tar -C "$data_directory/.restoring" --numeric-owner -xpf "$backups/$backup/data.tar" 2>&1) ||
    fail "the files could not be unpacked in $data_directory, so nothing was changed: $(last_lines)"
  if [ "$existed" = no ]; then
    chown --reference "$data_directory/.restoring" -- "$data_directory"
    chmod --reference "$data_directory/.restoring" -- "$data_directory"
  fi
}

is_running() {
  [ "$(inspected "$container" state)" = running ]
}

stop_service() {
  is_running || return 0
  stopped=yes
  # A service of others may have the name of the container.
  replicas=$([ -z "$(inspected "$container" cluster)" ] || replicas_of "$container")
  if [ -n "$replicas" ]; then
    scale_service "$container" 0 || true
  else
    docker stop --time "$grace_period" "$container" >/dev/null 2>&1 || true
  fi
  ! is_running || fail "container $container does not stop, so nothing was changed"
}

start_service() {
  if [ -n "$replicas" ]; then scale_service "$container" "$replicas"; else docker start "$container"; fi >/dev/null 2>&1
}

# back_up_current_data: sets kept to the name of that backup
back_up_current_data() {
  if [ -f "$(exchange_mark)" ] || [ "$discard" = yes ] || ! holds_data; then return; fi
  chosen=$backup
  make_backup "before $chosen was restored"
  kept=$backup backup=$chosen
}

# exchange_database: renames both in one transaction, so the name always belongs to a complete database. Clients may
# connect again at once, so it tries up to five times to end their sessions.
exchange_database() {
  for attempt in 1 2 3 4 5; do
    output=$(sql "$database_container" "$superuser" -v database="$database" -v fresh="$fresh" -v replaced="$replaced" 2>&1 <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"replaced" WITH (FORCE);
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE datname IN (:'database', :'fresh')
   AND ((SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR pg_has_role(usesysid, 'MEMBER')) \gset
BEGIN;
SELECT format('ALTER DATABASE %I RENAME TO %I', :'database', :'replaced') FROM pg_database WHERE datname = :'database' \gexec
ALTER DATABASE :"fresh" RENAME TO :"database";
COMMIT;
SQL
    ) && break
    if [ "$attempt" = 5 ]; then
      rm -f -- "$(exchange_mark)"
      fail "database $database could not be exchanged in $attempt attempts, so nothing was changed: $(last_lines). Disconnect its clients, and try again"
    fi
    sleep 1
  done
  echo 'DROP DATABASE IF EXISTS :"replaced" WITH (FORCE)' | sql "$database_container" "$superuser" -v replaced="$replaced" >/dev/null 2>&1 || true
}

exchange_data() {
  move_all "$data_directory" "$data_directory/.replaced"
  move_all "$data_directory/.restoring" "$data_directory"
  rm -rf -- "$data_directory/.restoring" "$data_directory/.replaced"
}

# move_all FROM TO: moves everything except the directories of a restore
move_all() {
  find "$1/" -mindepth 1 -maxdepth 1 ! -name .restoring ! -name .replaced -exec mv -f -t "$2" -- {} +
}

# restore_secrets: puts the backup's pinned secrets into use. The record forgets one that was another, which would be
# refused as a change.
restore_secrets() {
  record=$(secrets_record)
  for name in $pinned_secrets; do
    line=$(grep "^$name=" "$backups/$backup/secrets") || line=
    [ "$(secret_value "$name")" != "${line#*=}" ] || continue
    for file in values pending; do
      [ -f "$secrets/$file" ] || [ $file = values ] || continue
      { grep -v "^$name=" "$secrets/$file" 2>/dev/null || true; if [ $file = values ] && [ -n "$line" ]; then printf '%s\n' "$line"; fi; } | put_secrets $file
    done
    [ -z "$record" ] || sed -i "/^secret=$name /d" -- "$record"
  done
}

# clean_up: prints messages last, because the connection may be gone
clean_up() {
  code=$?
  trap - EXIT
  if [ -f "$(exchange_mark)" ]; then
    echo "The restore of $backup was interrupted between database and files, and the service is stopped: run it again to finish it." >&2
    exit "$code"
  fi
  drop_fresh
  rm -rf -- "$data_directory/.restoring" "$data_directory/.replaced"
  [ "$stopped" = no ] || ! start_service || echo "Container $container was restarted with its former data." >&2
  exit "$code"
}

main() {
  event=restore
  [ "$confirmed" != yes ] || lock_host "a restore" 60
  [ -d "$backups" ] || fail "there is no backup in $backups"
  lock_backups
  choose
  if [ "$confirmed" != yes ]; then
    show
    return
  fi
  # The one that serves, if a deploy was interrupted: see service-container/aside.sh.
  [ -z "$(docker ps -q --filter "name=^/${container}_former\$" --filter label=cdktf.environment)" ] || container=${container}_former
  stopped=no kept=
  fresh=$(scratch_database restoring) replaced=$(scratch_database replaced)
  trap clean_up EXIT
  prepare_database
  prepare_data
  stop_service
  back_up_current_data
  printf '%s\n' "$backup" >"$(exchange_mark).new"
  mv -f -- "$(exchange_mark).new" "$(exchange_mark)"
  exchange_database
  exchange_data
  restore_secrets
  image=$(metadata_of "$backup" image)
  rm -f -- "$(started_file)"
  # Docker prints an empty line for an image that it does not have.
  image_id=$(docker image inspect -f '{{.Id}}' -- "$image" 2>/dev/null) || image_id=unknown
  [ -z "$image" ] || record_served "$image" "$image_id" "$(metadata_of "$backup" release)" "$(metadata_of "$backup" version)"
  rm -f -- "$(exchange_mark)"
  trap - EXIT
  [ -z "$kept" ] || echo "backup $kept created of the former data"
  note_event "backup $backup"
  echo "backup $backup restored"
}

main </dev/null
