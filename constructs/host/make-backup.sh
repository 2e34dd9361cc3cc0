# A backup of database and data directory, now, while the service runs.
#
# Expects   reason: why it is made; what backup.sh expects.
# Changes   adds a backup, and removes the oldest beyond `keep`. May run twice.
# Prints    where it is and how large.
main() {
  holds_nocodb || fail "database $database in container $database_container holds no NocoDB: deploy first"
  make_backup "$reason"
  echo "backup $backup made: $(du -sh -- "$backups/$backup" | cut -f 1) in $backups/$backup"
}

main </dev/null
