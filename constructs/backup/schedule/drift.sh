# Drift of scheduled backups. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh backup/schedule/lib.sh backup/lib.sh

drift_schedule() {
  unit=$(record_value unit)
  for path in $(schedule_files); do
    if [ ! -f "$path" ]; then
      drift="$path missing"
    elif [ "$(fingerprint "$(record_value salt)" <"$path")" != "$(sed -n "s#^$path=##p" "$record")" ]; then
      drift="$path edited"
    fi
    [ -z "$drift" ] || return 0
  done
  additions=$(schedule_additions)
  if [ "$(stat -c %a:%u -- "$(schedule_program)")" != 700:0 ]; then
    drift="$(schedule_program) is not root's alone"
  elif [ -n "$additions" ]; then
    drift="$additions added"
  elif ! systemctl --quiet is-enabled "$unit.timer" 2>/dev/null; then
    drift="timer $unit disabled"
  elif ! systemctl --quiet is-active "$unit.timer"; then
    drift="timer $unit stopped"
  fi
}

# check_last_backup: sets late if a backup is overdue. A deploy cannot correct that, so no plan shows it, and only
# report-drift.sh calls this function.
check_last_backup() {
  unit=$(record_value unit) backups=$(record_value backups) period=$(period_of "$(record_value schedule)") newest=$(all_backups | head -n 1)
  last=$(record_value since)
  [ -z "$newest" ] || last=$(metadata_of "$newest" made)
  if [ "$(systemctl show -P Result "$unit.service")" != success ]; then
    late="the last run of $unit failed"
  elif [ "$period" -gt 0 ] && [ "$last" -lt "$(($(date +%s) - 2 * period))" ]; then
    late="no backup since $(date -u -d "@$last" '+%Y-%m-%d %H:%M UTC'), although the schedule is $(record_value schedule)"
  fi
  [ -z "$late" ] || late="$late: \`journalctl -u $unit\` on the host says why"
}
