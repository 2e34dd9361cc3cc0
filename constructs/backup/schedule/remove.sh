# Removes a scheduled task.
#
# Expects   $key: the record of the schedule; $unit.
# Changes   stops and removes timer, service, program and record. A run that has begun is finished. May run twice.
# Prints    nothing.
# Needs     backup/schedule/lib.sh remote-host/record.sh

main() {
  lock_host "the removal of a schedule"
  systemctl --quiet disable --now "$unit.timer" 2>/dev/null || true
  { schedule_files && schedule_additions; } | while IFS= read -r file; do rm -rf -- "$file"; done
  rm -f -- "/var/lib/systemd/timers/stamp-$unit.timer" "$records/$key"
  systemctl daemon-reload 2>/dev/null || true
  systemctl reset-failed "$unit.service" 2>/dev/null || true
}

main </dev/null
