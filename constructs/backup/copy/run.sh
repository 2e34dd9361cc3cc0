# Copies the backups that the repository of copies does not have.
#
# Expects   $copy_to $copy_days $copy_secrets: see backup/copy/lib.sh; $service $backups.
# Changes   adds copies, removes those older than their retention, and records the result. May run twice.
# Prints    how many were copied, or why the copy failed.
# Needs     backup/copy/lib.sh

main() {
  [ -n "$(all_backups)" ] || fail "there is no backup in $backups: create one with npx nocodb-host backup create"
  copy_backups
}

main </dev/null
