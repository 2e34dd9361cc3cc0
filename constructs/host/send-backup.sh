# Sends a backup to whoever asked. See backup.sh.
#
# Expects   backup: a name; backups.
# Changes   nothing. May run twice.
# Prints    a tar of the backup's directory.
main() {
  tar -C "$backups" -cf - -- "$backup"
}

main </dev/null
