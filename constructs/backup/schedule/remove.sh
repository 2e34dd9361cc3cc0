# Removes the scheduled backups.
#
# Expects   $key: the record of the schedule; $unit.
# Changes   stops and removes timer, service, program and record. A backup that is running is finished. May run twice.
# Prints    nothing.
# Needs     backup/schedule/lib.sh remote-host/record.sh

main() {
  lock_host "the removal of the scheduled backups"
  remove_timer
}

main </dev/null
