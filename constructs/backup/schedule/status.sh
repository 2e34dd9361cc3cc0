# The status of scheduled backups. See remote-host/status.sh.
#
# Changes   nothing.
# Needs     remote-host/status.sh backup/schedule/drift.sh

# status_schedule UNIT [SCHEDULE...]: backups are made as the environment file says. A backup that failed or is late
# belongs to the backups.
status_schedule() {
  unit=$1
  shift
  find_drift drift_schedule schedule unit "$unit"
  recorded_=$(for record in $(records_of schedule unit "$unit"); do record_value schedule; done)
  if [ "$recorded_" != "$*" ] && [ -z "$wrong" ]; then
    wrong="the schedule on the host is ${recorded_:-none}, and the environment file says ${*:-none}"
  elif [ -z "$recorded_" ]; then
    fact="none: backups are made before upgrades, restores and destroys, and by command"
  else
    fact="$recorded_, the next one $(next_run)"
  fi
}

# next_run: prints when the timer makes the next backup
next_run() {
  systemctl show -P NextElapseUSecRealtime "$unit.timer" 2>/dev/null || true
}
