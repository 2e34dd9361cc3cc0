# Lists the backups.
#
# Expects   $backups; [$service]: its name.
# Changes   nothing. May run twice.
# Prints    one line for each, the newest first: name, size, reason; then the last restore test of the service,
#           and its last copy.
# Needs     backup/lib.sh backup/restore-test.sh backup/copy/lib.sh

main() {
  all=$(all_backups)
  [ -n "$all" ] || echo "There is no backup in $backups."
  for each in $all; do
    printf '%-36s %8s  %s\n' "$each" "$(du -sh -- "$backups/$each" | cut -f 1)" "$(metadata_of "$each" reason)"
  done
  [ -n "${service-}" ] || return 0
  tested=$(last_restore_test)
  [ -z "$tested" ] || echo "Last restore test: $tested"
  copied=$(last_copy)
  [ -z "$copied" ] || echo "Last copy: $copied"
}

main </dev/null
