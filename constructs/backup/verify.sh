# Tests that a backup can be restored: restores its dump into a database of its own, compares tables and rows with those
# noted when the backup was made, and drops that database. The service goes on.
#
# Expects   $backup: a name, or `latest`; $reason: `on schedule` accepts that there is no backup yet; $service
#           $service_kind $backups $keep $database_container $superuser $database $role $data_directory $secrets
#           $pinned_secrets.
# Changes   records the result. Creates and drops a database; the service's own is not touched. May run twice.
# Prints    the result. Exit code: 0 if the backup passed, 1 if not.
# Needs     backup/fresh-database.sh backup/restore-test.sh

# require_room: PostgreSQL's disk has room for the database and for the log that PostgreSQL writes of it. Nobody can ask a
# server elsewhere for that.
require_room() {
  ! is_elsewhere "$database_container" || return 0
  needed_=$(metadata_of "$backup" size)
  [ -n "$needed_" ] || needed_=$(echo "SELECT coalesce(max(pg_database_size(datname)), 0) FROM pg_database WHERE datname = :'database'" |
    sql "$database_container" "$superuser" -v database="$database") || fail "PostgreSQL $(at_server "$database_container") does not answer"
  place_=$(echo 'SHOW data_directory' | sql "$database_container" "$superuser") || fail "PostgreSQL $(at_server "$database_container") does not answer"
  room_=$(docker exec "$database_container" df -P -k -- "$place_" | awk 'NR == 2 { print $4 }')
  [ "${room_:-0}" -ge "$((2 * needed_ / 1024))" ] ||
    fail "the test needs twice the size of the database, $((2 * needed_ / 1048576)) MiB, and $place_ $(at_server "$database_container") has $((${room_:-0} / 1024)) MiB free: make room"
}

# restored_rows: prints a line ROWS TABLE for each table that was restored
restored_rows() {
  echo "$COUNT_ROWS" | sql "$database_container" "$superuser" -d "$fresh" -F ' '
}

# differences: prints the first tables whose rows in $restored are not those in $noted
differences() {
  { printf '%s\n' "$noted" | sed 's/^/noted /' && printf '%s\n' "$restored" | sed 's/^/restored /'; } | awk '
    NF > 2 { rows = $2; table = substr($0, length($1) + length($2) + 3); count[$1, table] = rows; tables[table] }
    END {
      for (table in tables) {
        was = (("noted", table) in count) ? count["noted", table] : "no table"
        is = (("restored", table) in count) ? count["restored", table] : "no table"
        if (was != is && ++differing <= 3) list = list (list == "" ? "" : ", ") table " (noted: " was ", restored: " is ")"
      }
      print differing " of the tables differ in their rows: " list (differing > 3 ? ", …" : "")
    }'
}

# test_backup: prints what was restored, or fails with what is wrong with the backup
test_backup() {
  check_backup "$backup"
  require_room
  create_fresh
  [ "$(database=$fresh && find_data)" = t ] || fail "the restored database does not hold the service's data: choose another backup"
  restored=$(restored_rows) || fail "the rows of the restored database could not be counted"
  noted=$(metadata_of "$backup" rows)
  summary=$(printf '%s\n' "$restored" | awk '{ rows += $1 } END { printf "%d tables with %d rows", NR, rows }')
  if [ -z "$noted" ]; then
    echo "$summary; nothing to compare them with, because the backup was made before rows were counted"
  elif [ "$(printf '%s\n' "$noted" | sort)" = "$(printf '%s\n' "$restored" | sort)" ]; then
    echo "$summary, as in the service's database when the backup was made"
  else
    fail "$(differences)"
  fi
}

main() {
  [ -d "$backups" ] && lock_backups
  [ "$backup" != latest ] || backup=$(all_backups | head -n 1)
  if [ -z "$backup" ]; then
    [ "$reason" = "on schedule" ] || fail "there is no backup in $backups: create one with npx nocodb-host backup create"
    echo "there is no backup in $backups yet"
    return
  fi
  all_backups | grep -qxF -e "$backup" || fail "there is no backup $backup in $backups. Existing backups: $(all_backups | paste -s -d ' ' -)"
  fresh=$(scratch_database testing)
  trap drop_fresh EXIT
  if words=$(test_backup 2>&1); then
    record_restore_test "$backup" passed "$words"
    echo "backup $backup passed its restore test: $words"
  else
    words=$(printf '%s\n' "$words" | tail -n 2 | paste -s -d ' ' -)
    record_restore_test "$backup" failed "$words"
    fail "backup $backup failed its restore test: $words"
  fi
}

main </dev/null
