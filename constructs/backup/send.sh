# Sends a backup.
#
# Expects   $backup: a name; $backups.
# Changes   nothing. May run twice.
# Prints    a tar of the backup's directory.
# Needs     remote-host/common.sh

main() {
  tar -C "$backups" -cf - -- "$backup"
}

main </dev/null
