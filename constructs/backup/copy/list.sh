# Lists the copies of backups.
#
# Expects   $copy_to $copy_days $copy_secrets: see backup/copy/lib.sh; $service $backups.
# Changes   nothing. May run twice.
# Prints    their names, one a line, the newest first.
# Needs     backup/copy/lib.sh

main() {
  found=$(copies 2>&1) || fail "the copies in $copy_to cannot be listed: $(printf '%s\n' "$found" | last_words)"
  printf '%s\n' "${found:-There is no copy in $copy_to.}"
}

main </dev/null
