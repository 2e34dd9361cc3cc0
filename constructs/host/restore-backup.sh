# Puts a backup in the place of what the service has now. See backup.sh.
#
# Expects   name: the service's container; backup: a name, or `latest`; really: yes, or no to only look; discard: yes
#           keeps nothing of what is there now; what backup.sh expects.
# Changes   with really=yes, in this order: the database beside the one that serves, and the files beside those in use, are
#           made from the backup; the service stops; a backup is made of what it leaves; both are exchanged. Before the
#           exchange any trouble ends with the service running as before; cut off within it, it is to be run again.
#           May run twice.
# Prints    with really=no: what would be restored and what would be lost, then lines name=value: image, admin and
#           connection_key of the backup. Else what was done.

# There from the exchange's beginning to its end, with the backup's name.
exchange_mark() {
  printf '%s/.restoring' "$backups"
}

# latest_backup: what a restore has set aside, or an upgrade that failed has left, is taken back only by its name
latest_backup() {
  if [ -f "$(exchange_mark)" ]; then cat -- "$(exchange_mark)"; else settled_backups | head -n 1; fi
}

choose() {
  [ "$backup" != latest ] || backup=$(latest_backup)
  [ -n "$backup" ] || fail "there is no backup in $backups"
  check_backup "$backup"
  [ "$(about "$backup" role)" = "$role" ] ||
    fail "backup $backup is of role $(about "$backup" role), not $role: set postgresql.role in the environment file to that"
}

show() {
  printf 'backup %s, made %s, %s\n' "$backup" "$(date -u -d "@$(about "$backup" made)" '+%Y-%m-%d %H:%M:%S UTC')" "$(about "$backup" reason)"
  if [ -f "$(exchange_mark)" ]; then
    echo "a restore of $(cat -- "$(exchange_mark)") was cut off, and this one ends it: what was there before is in the newest backup"
  elif holds_nocodb; then
    show_losses
  else
    echo "database $database holds no NocoDB now: nothing would be lost"
  fi
  for each in image admin connection_key; do printf '%s=%s\n' "$each" "$(about "$backup" "$each")"; done
}

show_losses() {
  # shellcheck disable=SC2046 # three numbers each
  set -- $(about "$backup" activity) $(activity)
  if [ "$4" -lt "$1" ] || [ "$5" -lt "$2" ] || [ "$6" -lt "$3" ]; then
    echo "written since: not known, PostgreSQL began to count anew after it"
  else
    echo "written since, and lost: $(($4 - $1)) rows inserted, $(($5 - $2)) updated, $(($6 - $3)) deleted, NocoDB's own included"
  fi
}

# As the superuser, with the owners that the dump names: extensions, large objects and schemas come back as they were.
prepare_database() {
  said=$(sql "$database_container" "$superuser" -v fresh="$fresh" -v role="$role" 2>&1 <<'SQL'
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
DROP DATABASE IF EXISTS :"fresh" WITH (FORCE);
CREATE DATABASE :"fresh" OWNER :"role" TEMPLATE template0;
SQL
  ) || fail "PostgreSQL in container $database_container cannot make a database for the dump, so nothing was changed: $(last_words_of_it)"
  said=$(docker exec -i "$database_container" pg_restore -U "$superuser" -d "$fresh" --exit-on-error <"$backups/$backup/database.dump" 2>&1) || {
    said=$(last_words_of_it)
    case $said in *'role "'*'" does not exist'*) said="$said (make that role: CREATE ROLE … NOLOGIN is enough)" ;; esac
    fail "the dump could not be restored, so nothing was changed: $said"
  }
  owner=$(echo "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'nc_users_v2'::regclass" | sql "$database_container" "$superuser" -d "$fresh")
  [ "$owner" = "$role" ] || fail "the tables in the dump are of role $owner, not $role, so nothing was changed: set postgresql.role in the environment file to that"
}

# Within the data directory: on the same disk, so that the exchange is nothing but renames.
prepare_data() {
  existed=yes
  [ -d "$data_directory" ] || existed=no
  rm -rf -- "$data_directory/.restoring" "$data_directory/.replaced"
  (umask 022 && mkdir -p -- "$data_directory")
  mkdir -- "$data_directory/.restoring" "$data_directory/.replaced"
  said=$(tar -C "$data_directory/.restoring" --numeric-owner -xpf "$backups/$backup/data.tar" 2>&1) ||
    fail "the files could not be unpacked in $data_directory, so nothing was changed: $(last_words_of_it)"
  if [ "$existed" = no ]; then
    chown --reference "$data_directory/.restoring" -- "$data_directory"
    chmod --reference "$data_directory/.restoring" -- "$data_directory"
  fi
}

is_running() {
  [ "$(docker inspect -f '{{.State.Running}}' -- "$name" 2>/dev/null)" = true ]
}

stop_service() {
  is_running || return 0
  stopped=yes
  docker stop --time 10 "$name" >/dev/null 2>&1 || true
  ! is_running || fail "container $name does not stop, so nothing was changed"
}

keep_what_is_there() {
  if [ -f "$(exchange_mark)" ] || [ "$discard" = yes ] || ! holds_nocodb; then return; fi
  chosen=$backup
  make_backup "before $chosen was restored"
  kept=$backup backup=$chosen
}

# In one transaction, so that there is always a whole database under the name. Connections that come back at once get
# a few more attempts to be ended.
exchange_database() {
  for attempt in 1 2 3 4 5; do
    said=$(sql "$database_container" "$superuser" -v database="$database" -v fresh="$fresh" -v replaced="$replaced" 2>&1 <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"replaced" WITH (FORCE);
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE datname IN (:'database', :'fresh') \gset
BEGIN;
SELECT format('ALTER DATABASE %I RENAME TO %I', :'database', :'replaced') FROM pg_database WHERE datname = :'database' \gexec
ALTER DATABASE :"fresh" RENAME TO :"database";
COMMIT;
SQL
    ) && break
    if [ "$attempt" = 5 ]; then
      rm -f -- "$(exchange_mark)"
      fail "database $database could not be exchanged in $attempt attempts, so nothing was changed: $(last_words_of_it). End what uses it, and try again"
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

# move_all FROM TO
move_all() {
  find "$1/" -mindepth 1 -maxdepth 1 ! -name .restoring ! -name .replaced -exec mv -f -t "$2" -- {} +
}

# What is said comes last: nobody may be there to hear it.
end_in_order() {
  status=$?
  trap - EXIT
  if [ -f "$(exchange_mark)" ]; then
    echo "The restore of $backup was cut off between database and files, and the service stands still: run it again, it ends what it began." >&2
    exit "$status"
  fi
  echo 'DROP DATABASE IF EXISTS :"fresh" WITH (FORCE)' | sql "$database_container" "$superuser" -v fresh="$fresh" >/dev/null 2>&1 || true
  rm -rf -- "$data_directory/.restoring" "$data_directory/.replaced"
  [ "$stopped" = no ] || ! docker start "$name" >/dev/null 2>&1 || echo "Container $name was started again, with what it had." >&2
  exit "$status"
}

main() {
  [ "$really" != yes ] || lock_host "a restore" 60
  [ -d "$backups" ] || fail "there is no backup in $backups"
  lock_backups
  choose
  if [ "$really" != yes ]; then
    show
    return
  fi
  stopped=no kept=
  fresh=$(restore_databases | sed -n 1p) replaced=$(restore_databases | sed -n 2p)
  trap end_in_order EXIT
  prepare_database
  prepare_data
  stop_service
  keep_what_is_there
  printf '%s\n' "$backup" >"$(exchange_mark).new"
  mv -f -- "$(exchange_mark).new" "$(exchange_mark)"
  exchange_database
  exchange_data
  image=$(about "$backup" image)
  rm -f -- "$(started_file)"
  [ -z "$image" ] || note_served "$image" "$(docker image inspect -f '{{.Id}}' -- "$image" 2>/dev/null || echo unknown)"
  rm -f -- "$(exchange_mark)"
  trap - EXIT
  [ -z "$kept" ] || echo "backup $kept made, of what was there"
  echo "backup $backup restored"
}

main </dev/null
