# Makes a backup of database and data directory while the service runs.
#
# Expects   $reason: what it is made for; $service $service_kind $backups $keep $database_container $superuser $database
#           $role $data_directory $secrets $pinned_secrets; [$copy_to] [$copy_days] [$copy_secrets]: see backup/copy/lib.sh.
# Changes   adds a backup, removes the oldest beyond keep, and copies what is not copied yet. May run twice.
# Prints    the path and size of the backup, and how many were copied. A copy that fails does not affect the backup.
# Needs     backup/lib.sh backup/copy/lib.sh

main() {
  holds_data || fail "database $database $(at_server "$database_container") holds no data: deploy first"
  make_backup "$reason"
  echo "backup $backup created: $(du -sh -- "$backups/$backup" | cut -f 1) in $backups/$backup"
  copy_backups
}

main </dev/null
