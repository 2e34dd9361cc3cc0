# Backups of a service: its database and its data directory, taken while it serves.
#
# Expects   $service: its name; $service_kind: see web-service/kind.sh; $backups and $data_directory: directories, or
#           links to directories; $keep: how many of the newest to keep; $database_container: the PostgreSQL, see
#           postgres-database/server.sh; $superuser, $database, $role; $records; $secrets: the directory of the service's secrets; $pinned_secrets: names of those without
#           which the data cannot be read, separated by blanks; [$copy_to] [$copy_days] [$copy_secrets], which only
#           backup/copy/lib.sh uses.
# Changes   nothing until a function is called.
# Needs     backup/database.sh service-container/served.sh service-secrets/lib.sh **/kind.sh
#
# A backup is a directory <time>-<version> with database.dump (pg_dump's custom format), data.tar, `secrets` with the
# pinned secrets, and `metadata`, both with lines name=value. It gets its name when it is complete and its dump was read
# back. The lines `size` (of the database, in bytes) and `rows` (a number and a table, for each) say what the dump holds;
# older backups have none.

# The files of a backup beside its metadata.
CONTENTS="database.dump data.tar secrets"

# lock_backups: allows one backup or restore at a time. The lock is on the directory, which nothing replaces. A dump
# that outlives its script keeps the lock.
lock_backups() {
  [ -z "${backups_locked-}" ] || return 0
  output=$(mkdir -p -- "$backups" 2>&1 && chmod 0700 -- "$backups" 2>&1) ||
    fail "backups cannot be kept in $backups ($output), so nothing was changed: make it a directory that root can write to, or correct backups.directory in the environment file"
  exec 6<"$backups"
  if ! flock -n 6; then
    echo "waiting for another backup or restore in $backups" >&2
    flock -w 600 6 || fail "another backup or restore has been at work in $backups for 10 minutes, so nothing was changed: wait for it and try again (\`lsof $backups\` on the host shows its process)"
  fi
  backups_locked=yes
}

# unlock_backups: allows others again before this script ends
unlock_backups() {
  exec 6<&-
  backups_locked=
}

# activity: prints the rows inserted, updated and deleted since PostgreSQL began to count
activity() {
  echo 'SELECT coalesce(sum(n_tup_ins), 0), coalesce(sum(n_tup_upd), 0), coalesce(sum(n_tup_del), 0) FROM pg_stat_user_tables' | in_database -F ' '
}

# metadata_of BACKUP NAME: prints the value of a line of its metadata
metadata_of() {
  sed -n "s/^$2=//p" "$backups/$1/metadata" 2>/dev/null
}

# all_backups: prints their names, the newest first
all_backups() {
  [ ! -d "$backups" ] || find "$backups/" -mindepth 2 -maxdepth 2 -name metadata -printf '%h\n' | sed 's#.*/##' | sort -r
}

# settled_backups: prints the names of those from a version that served, the newest first: not those from a failed
# upgrade and not those that a restore made
settled_backups() {
  for each_ in $(all_backups); do
    case $(metadata_of "$each_" reason) in "before "*" was restored") continue ;; esac
    [ -n "$(metadata_of "$each_" touched)" ] || printf '%s\n' "$each_"
  done
}

# ensure_backup_before IMAGE [serving]: makes a backup if another image (or an unknown one) has used the database and
# there is no recent backup. A version migrates its database when it starts, and only a backup reverts that. While the
# old image serves, a recent backup counts only if no rows were written since then.
ensure_backup_before() {
  { [ -n "${backups-}" ] && holds_data; } || return 0
  id_=$(docker image inspect -f '{{.Id}}' -- "$1" 2>/dev/null) || id_=
  [ "$(served image) $(served id)" != "$1 $id_" ] || return 0
  newest_=$(all_backups | head -n 1)
  if [ -n "$newest_" ] && [ "$(metadata_of "$newest_" image) $(metadata_of "$newest_" next)" = "$(served image) $1" ] &&
    [ "$(metadata_of "$newest_" made)" -gt "$(($(date +%s) - FRESH))" ] &&
    { [ -z "${2-}" ] || [ -f "$(started_file)" ] || [ "$(metadata_of "$newest_" activity)" = "$(activity)" ]; }; then
    echo "backup $newest_ is recent enough"
    return 0
  fi
  make_backup "before $1" "$1"
  echo "backup $backup created before $1 starts"
}

# Age in seconds up to which a backup is recent: from the one made while the old container serves to the start
# of the new one.
FRESH=900

# make_backup REASON [NEXT_IMAGE]: sets backup to its name
make_backup() {
  lock_backups
  name_backup "$(served version)"
  # A run that was killed may have left an unfinished backup.
  rm -rf -- "$backups"/.unfinished.??????
  sweep_restore
  unfinished=$(mktemp -d -- "$backups/.unfinished.XXXXXX")
  # This comes before the dump, which does not hold rows that are written while it is made.
  activity_=$(activity 2>/dev/null) || activity_="0 0 0"
  output=$(dump_database 2>&1) || backup_failed "pg_dump of database $database: $(last_lines)"
  output=$(read_back 2>&1) || backup_failed "the dump of database $database cannot be read back: $(last_lines)"
  output=$(pack_data 2>&1) || backup_failed "$data_directory could not be packed: $(last_lines)"
  pinned_values >"$unfinished/secrets" || backup_failed "the secrets could not be written to disk"
  {
    printf 'reason=%s\nimage=%s\nnext=%s\nmade=%s\n' "$1" "$(served image)" "${2-}" "$(date +%s)"
    printf 'database=%s\nrole=%s\nactivity=%s\n' "$database" "$role" "$activity_"
    printf 'touched=%s\n' "$(cat -- "$(started_file)" 2>/dev/null)"
    printf 'service=%s\nkind=%s\nrelease=%s\nversion=%s\n' "$service" "$service_kind" "$(served release)" "$(served version)"
    "${service_kind}_metadata"
    cat -- "$unfinished/counts"
    for each_ in $CONTENTS; do printf '%s=%s\n' "$each_" "$(sum_of "$unfinished/$each_")"; done
  } >"$unfinished/metadata" || backup_failed "it could not be written to disk"
  rm -f -- "$unfinished/counts"
  grep -q '^secrets=.' "$unfinished/metadata" || backup_failed "it could not be written to disk"
  sync -- "$unfinished"/* || backup_failed "it could not be written to disk"
  mv -T -- "$unfinished" "$backups/$backup"
  prune_backups
}

# scratch_database PURPOSE: prints the name of a database that exists only during a restore or its test: `restoring` is
# created from the backup, `replaced` is the former one, `testing` is that of a test. PostgreSQL cuts names at 63 bytes,
# and two long ones may begin equally.
scratch_database() {
  name_=$database
  [ "${#name_}" -le 47 ] || name_=$(printf '%.38s_%.8s' "$database" "$(printf '%s' "$database" | sha256sum)")
  printf 'cdktf_%s_%s' "$1" "$name_"
}

# sweep_restore: removes databases and files of a restore that was killed before its exchange, or of a test; not during a
# restore
sweep_restore() {
  if [ -n "${fresh-}" ] || [ -f "$backups/.restoring" ]; then return; fi
  rm -rf -- "$data_directory/.restoring" "$data_directory/.replaced"
  for each_ in restoring replaced testing; do
    printf 'DROP DATABASE IF EXISTS "%s" WITH (FORCE);\n' "$(scratch_database "$each_")"
  done | sql "$database_container" "$superuser" >/dev/null 2>&1 || true
}

# name_backup VERSION: sets backup to an unused name
name_backup() {
  while :; do
    backup=$(date -u +%Y-%m-%dT%H%M%SZ)-${1:-unknown}
    [ -e "$backups/$backup" ] || return 0
    sleep 0.3
  done
}

# sum_of FILE: prints its SHA-256
sum_of() {
  sha256sum <"$1" | cut -d ' ' -f 1
}

# dump_database: dumps the database, and counts the rows of its tables in the same snapshot, so that both agree while the
# service writes. `counts` gets the lines for the metadata. The tables are locked as by pg_dump, against being dropped.
dump_database() {
  mkfifo -- "$unfinished/questions" "$unfinished/answers" || return
  # A connection of its own: a session that checks have opened waits for the end of a question.
  {
    session_of_=
    in_database -F ' '
  } <"$unfinished/questions" >"$unfinished/answers" &
  counter_=$!
  exec 3>"$unfinished/questions" 4<"$unfinished/answers"
  rm -- "$unfinished/questions" "$unfinished/answers"
  cat >&3 <<SQL
\set SHOW_CONTEXT never
SELECT count(set_config(name, '0', false)) AS timeouts FROM pg_settings
 WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout') \gset
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
DO \$\$ DECLARE this text; BEGIN
  FOR this IN $TABLES LOOP EXECUTE format('LOCK TABLE %s IN ACCESS SHARE MODE', this); END LOOP;
EXCEPTION WHEN lock_not_available THEN RAISE EXCEPTION 'LOCK TABLE %: %', this, SQLERRM;
END \$\$;
SELECT pg_export_snapshot(), pg_database_size(current_database());
$COUNT_ROWS
SQL
  if read -r snapshot_ size_ <&4; then
    server_program "$database_container" "$superuser" pg_dump --lock-wait-timeout=8s -Fc --snapshot="$snapshot_" -d "$database" >"$unfinished/database.dump" 3>&- || return
    exec 3>&-
    { printf 'size=%s\n' "$size_" && sed 's/^/rows=/' <&4; } >"$unfinished/counts" || return
  fi
  wait "$counter_"
}

read_back() {
  server_program "$database_container" "$superuser" pg_restore --list <"$unfinished/database.dump" >/dev/null
}

# pack_data: stores owners by number, because the same name may be another user on another host. tar exits with 1 if a
# file changed while it was read. The directories of a restore are excluded: see backup/restore.sh.
pack_data() {
  tar -C "$data_directory" --numeric-owner --exclude=./.restoring --exclude=./.replaced -cf "$unfinished/data.tar" . || [ $? -eq 1 ]
}

# pinned_values: prints a line NAME=value for each pinned secret that has a value
pinned_values() {
  for each_ in $pinned_secrets; do
    value_=$(secret_value "$each_")
    [ -z "$value_" ] || printf '%s=%s\n' "$each_" "$value_"
  done
}

# backup_failed REASON: removes the unfinished backup and fails
backup_failed() {
  rm -rf -- "$unfinished"
  free_=$(df -P -h -- "$backups" | awk 'NR == 2 { print $4 " free" }')
  fail "The backup failed ($1; $backups: $free_), so nothing was changed."
}

# prune_backups: removes all but the newest, the one being restored, and the newest that can revert a failed upgrade
prune_backups() {
  settled_=$(settled_backups | head -n 1)
  all_backups | tail -n "+$((keep + 1))" | grep -vxF -e "${chosen-}" -e "$settled_" | while IFS= read -r old_; do rm -rf -- "${backups:?}/$old_"; done
}

# check_backup NAME: the backup exists, belongs to this service, has not changed since, and its dump can be read here
check_backup() {
  all_backups | grep -qxF -e "$1" || fail "there is no backup $1 in $backups. Existing backups: $(all_backups | paste -s -d ' ' -)"
  check_metadata "$1"
  for each_ in $CONTENTS; do
    was_=$(metadata_of "$1" "$each_")
    [ -z "$was_" ] || [ "$was_" = "$(sum_of "$backups/$1/$each_")" ] ||
      fail "$backups/$1/$each_ was changed after the backup was made: choose another backup"
  done
  output=$(server_program "$database_container" "$superuser" pg_restore --list <"$backups/$1/database.dump" 2>&1 >/dev/null) ||
    fail "$backups/$1/database.dump cannot be read: $(last_lines). Choose another backup, or the PostgreSQL that it was made with"
  tar -tf "$backups/$1/data.tar" >/dev/null 2>&1 || fail "$backups/$1/data.tar cannot be read: choose another backup"
}

# check_metadata NAME: its lines have the right form, because an edited line must not become an image or a number
check_metadata() {
  check_metadata_line "$1" service '[A-Za-z0-9_-]*'
  [ "$(metadata_of "$1" service)" = "$service" ] ||
    fail "$backups/$1 is a backup of service $(metadata_of "$1" service), not of $service: choose another backup"
  check_metadata_line "$1" made '[0-9][0-9]*'
  check_metadata_line "$1" image '[A-Za-z0-9._/:@-]*'
  check_metadata_line "$1" release '[a-z0-9.-]*'
  check_metadata_line "$1" version '[A-Za-z0-9_.-]*'
  check_metadata_line "$1" database '[A-Za-z0-9_-][A-Za-z0-9_-]*'
  check_metadata_line "$1" role '[A-Za-z0-9_-][A-Za-z0-9_-]*'
  check_metadata_line "$1" activity '[0-9][0-9]* [0-9][0-9]* [0-9][0-9]*'
}

# check_metadata_line BACKUP NAME PATTERN: the value matches the pattern
check_metadata_line() {
  metadata_of "$1" "$2" | grep -qx -e "$3" ||
    fail "$backups/$1/metadata was changed after the backup was made: its line $2= says \"$(metadata_of "$1" "$2")\". Correct it, or choose another backup"
}
