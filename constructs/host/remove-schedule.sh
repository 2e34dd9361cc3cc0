# Ends the backups by schedule. See schedule.sh.
#
# Expects   key: the record of the schedule; unit.
# Changes   stops and removes timer, service, program and record. A backup that is being made goes on to its end. May run twice.
# Prints    nothing.
main() {
  lock_host "the end of the backups by schedule"
  systemctl --quiet disable --now "$unit.timer" 2>/dev/null || true
  { schedule_files && schedule_additions; } | while IFS= read -r file; do rm -rf -- "$file"; done
  rm -f -- "/var/lib/systemd/timers/stamp-$unit.timer" "$manifest/$key"
  systemctl daemon-reload 2>/dev/null || true
  systemctl reset-failed "$unit.service" 2>/dev/null || true
}

main </dev/null
