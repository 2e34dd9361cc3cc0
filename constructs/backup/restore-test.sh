# The result of the last restore test of a service. It is a file beside the records, because a plan shows nothing of it.
#
# Expects   $records; $service: its name.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh

# restore_test_file: prints its path
restore_test_file() {
  printf '%s/.restore-test-%s' "$records" "$service"
}

# last_restore_test: prints the time of the last test, the backup, `passed` or `failed`, and words; nothing if there was none
last_restore_test() {
  sed -n 's/^restore-test=//p' "$(restore_test_file)" 2>/dev/null || true
}

# record_restore_test BACKUP RESULT WORDS: only one test of a service runs at a time, and holds the lock of the backups
record_restore_test() {
  mkdir -p -- "$records"
  printf 'restore-test=%s %s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" "$3" >"$(restore_test_file).new"
  mv -f -- "$(restore_test_file).new" "$(restore_test_file)"
}
