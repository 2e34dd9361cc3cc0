# Describes the files of a backup.
#
# Expects   $backup: a name, or `latest`; $backups $database_container $superuser.
# Changes   nothing. May run twice.
# Prints    lines name=value: `name`, then for each file its size in bytes and its SHA-256.
# Needs     backup/lib.sh

main() {
  [ "$backup" != latest ] || backup=$(all_backups | head -n 1)
  [ -n "$backup" ] || fail "there is no backup in $backups: create one with npx nocodb-host backup create"
  check_backup "$backup"
  echo "name=$backup"
  for file in metadata $CONTENTS; do
    echo "$file=$(stat -c %s -- "$backups/$backup/$file") $(sum_of "$backups/$backup/$file")"
  done
}

main </dev/null
