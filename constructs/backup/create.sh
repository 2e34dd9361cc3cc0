# Makes a backup of database and data directory while the service runs.
#
# Expects   $reason: what it is made for; $service $service_kind $backups $keep $database_container $superuser $database
#           $role $data_directory $secrets $pinned_secrets.
# Changes   adds a backup, and removes the oldest beyond keep. May run twice.
# Prints    the path and size of the backup.
# Needs     backup/lib.sh

main() {
  holds_data || fail "database $database in container $database_container holds no data: deploy first"
  make_backup "$reason"
  echo "backup $backup created: $(du -sh -- "$backups/$backup" | cut -f 1) in $backups/$backup"
}

main </dev/null
