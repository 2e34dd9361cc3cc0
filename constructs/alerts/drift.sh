# Drift of alerts. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh backup/schedule/drift.sh

# drift_alerts: its program and its timer are recorded like those of scheduled backups
drift_alerts() {
  drift_schedule
  alerts_=$(record_value alerts)
  if [ -z "$drift" ] && [ "$(stat -c %a:%u -- "$alerts_" 2>/dev/null)" != 700:0 ]; then
    drift="$alerts_ is not root's alone"
  fi
}
