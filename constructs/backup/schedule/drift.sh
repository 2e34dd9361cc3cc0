# Drift of scheduled backups, and of scheduled tests of them. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh backup/schedule/lib.sh backup/lib.sh backup/restore-test.sh backup/copy/lib.sh

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

# check_last_run: sets late if the scheduled task is overdue or has failed. A deploy cannot correct that, so no plan shows
# it, and only report-drift.sh calls this function.
check_last_run() {
  case $(record_value task) in
    backup) check_last_backup ;;
    *) check_last_restore_test ;;
  esac
}

check_last_backup() {
  unit=$(record_value unit) backups=$(record_value backups) newest=$(all_backups | head -n 1)
  last=$(record_value since)
  [ -z "$newest" ] || last=$(metadata_of "$newest" made)
  service=$(record_value service) copied=$(last_copy)
  if [ "$(systemctl show -P Result "$unit.service")" != success ]; then
    late="the last run of $unit failed"
    case $copied in *' failed '*) late="the last copy of backups failed: $copied" ;; esac
  elif is_overdue; then
    late="no backup since $(date -u -d "@$last" '+%Y-%m-%d %H:%M UTC'), although the schedule is $(record_value schedule)"
  fi
  [ -z "$late" ] || late="$late: \`journalctl -u $unit\` on the host says why"
}

check_last_restore_test() {
  unit=$(record_value unit) service=$(record_value service) last=$(record_value since)
  tested=$(last_restore_test)
  [ -z "$tested" ] || last=$(date -d "${tested%% *}" +%s)
  case $tested in
    *' failed '*) late="the last restore test failed: $tested" ;;
    *)
      if [ "$(systemctl show -P Result "$unit.service")" != success ]; then
        late="the last run of $unit failed"
      elif is_overdue; then
        late="no restore test since $(date -u -d "@$last" '+%Y-%m-%d %H:%M UTC'), although the schedule is $(record_value schedule)"
      fi
      ;;
  esac
  [ -z "$late" ] || late="$late: \`journalctl -u $unit\` on the host says why"
}

# is_overdue: whether $last, in seconds, is more than two periods ago
is_overdue() {
  period=$(period_of "$(record_value schedule)")
  [ "$period" -gt 0 ] && [ "$last" -lt "$(($(date +%s) - 2 * period))" ]
}
