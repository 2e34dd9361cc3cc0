# Removes a scheduled task.
#
# Expects   $key: the record of the schedule; $unit.
# Changes   stops and removes timer, service, program and record. A run that has begun is finished. May run twice.
# Prints    nothing.
# Needs     backup/schedule/lib.sh remote-host/record.sh

main() {
  lock_host "the removal of a schedule"
  remove_timer
}

main </dev/null
