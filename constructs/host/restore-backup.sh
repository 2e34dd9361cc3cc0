# Puts a backup in the place of what the service has now. See backup.sh.
#
# Expects   name: the service's container; backup: a name, or `latest`; really: yes, or no to only look; what backup.sh expects.
# Changes   with really=yes: makes a backup of what is there, stops the container, replaces database and data directory.
#           Where it stops in between, it can be run again. May run twice.
# Prints    with really=no: what would be restored and what would be lost, its last line being the image. Else what was done.

choose() {
  [ "$backup" != latest ] || backup=$(all_backups | head -n 1)
  [ -n "$backup" ] || fail "there is no backup in $backups"
  [ -f "$backups/$backup/about" ] || fail "there is no backup $backup in $backups. There are: $(all_backups | paste -s -d ' ' -)"
  docker exec -i "$database_container" pg_restore --list <"$backups/$backup/database.dump" >/dev/null 2>&1 ||
    fail "$backups/$backup/database.dump cannot be read: choose another backup"
  tar -tf "$backups/$backup/data.tar" >/dev/null 2>&1 || fail "$backups/$backup/data.tar cannot be read: choose another backup"
}

show() {
  made=$(about "$backup" made)
  printf 'backup %s, made %s, %s\n' "$backup" "$(date -u -d "@$made" '+%Y-%m-%d %H:%M:%S UTC')" "$(about "$backup" reason)"
  if holds_nocodb; then
    # shellcheck disable=SC2046 # three numbers each
    set -- $(about "$backup" activity) $(activity)
    if [ "$4" -lt "$1" ] || [ "$5" -lt "$2" ] || [ "$6" -lt "$3" ]; then
      echo "written since: not known, PostgreSQL began to count anew after it"
    else
      echo "written since, and lost: $(($4 - $1)) rows inserted, $(($5 - $2)) updated, $(($6 - $3)) deleted, NocoDB's own included"
    fi
  else
    echo "database $database holds no NocoDB now: nothing would be lost"
  fi
  about "$backup" image
}

replace_database() {
  fresh=${database}_restoring
  sql "$database_container" "$superuser" -v fresh="$fresh" -v role="$role" <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"fresh" WITH (FORCE);
CREATE DATABASE :"fresh" OWNER :"role";
SQL
  said=$(docker exec -i "$database_container" pg_restore -U "$superuser" -d "$fresh" --no-owner --role="$role" --exit-on-error <"$backups/$backup/database.dump" 2>&1) ||
    fail "the dump could not be restored, so the database was left as it was: $(printf '%s' "$said" | tail -n 2). The service is stopped: docker start $name starts it again."
  sql "$database_container" "$superuser" -v database="$database" -v fresh="$fresh" <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"database" WITH (FORCE);
ALTER DATABASE :"fresh" RENAME TO :"database";
SQL
}

replace_data() {
  find "$data_directory" -mindepth 1 -delete
  tar -C "$data_directory" -xpf "$backups/$backup/data.tar"
}

main() {
  choose
  if [ "$really" != yes ]; then
    show
    return
  fi
  chosen=$backup
  # One more stays for the moment, so that the chosen one is not pruned.
  keep=$((keep + 1))
  if holds_nocodb; then
    make_backup "before $chosen was restored"
    echo "backup $backup made, of what is there now"
  fi
  backup=$chosen
  docker stop --time 10 "$name" >/dev/null 2>&1 || true
  replace_database
  replace_data
  image=$(about "$backup" image)
  note_served "$image" "$(docker image inspect -f '{{.Id}}' -- "$image" 2>/dev/null || echo unknown)"
  echo "backup $backup restored"
}

main </dev/null
