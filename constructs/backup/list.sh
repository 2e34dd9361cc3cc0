# Lists the backups.
#
# Expects   $backups.
# Changes   nothing. May run twice.
# Prints    one line for each, the newest first: name, size, reason.
# Needs     backup/lib.sh

main() {
  all=$(all_backups)
  [ -n "$all" ] || echo "There is no backup in $backups."
  for each in $all; do
    printf '%-36s %8s  %s\n' "$each" "$(du -sh -- "$backups/$each" | cut -f 1)" "$(metadata_of "$each" reason)"
  done
}

main </dev/null
