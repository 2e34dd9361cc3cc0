# How the last backup and restore test went, and how old the newest backup is.
#
# Expects   what alerts/check.sh expects; $now: seconds since 1970; $held: what is at work on this host, if anything is.
# Changes   nothing.
# Needs     alerts/findings.sh backup/lib.sh backup/schedule/lib.sh

watch_backup() {
  for unit_ in $backup_units; do
    # While it runs, its result is not known.
    [ "$(systemctl -P ActiveState show "$unit_.service")" != activating ] || exit 0
    result_=$(systemctl -P Result show "$unit_.service")
    if [ "$result_" = success ]; then
      figure cdktf_service_backup_succeeded 1 unit "$unit_"
      continue
    fi
    figure cdktf_service_backup_succeeded 0 unit "$unit_"
    last_=$(journalctl -q --no-pager -o cat -n 1 "_SYSTEMD_UNIT=$unit_.service" _TRANSPORT=stdout 2>/dev/null) || last_=
    finding "backup:$unit_" problem "the last run of $unit_ failed${last_:+: $last_}" \
      "journalctl -u $unit_ on the host says why; systemctl start $unit_ tries again"
  done
}

watch_backup_age() {
  newest_=$(all_backups | head -n 1)
  made_=
  [ -z "$newest_" ] || made_=$(metadata_of "$newest_" made)
  [ -z "$made_" ] || figure cdktf_service_backup_timestamp_seconds "$made_"
  [ "$backup_limit" -gt 0 ] || return 0
  first_=$(state_value first_check)
  [ -n "$first_" ] || printf 'set\tfirst_check\t%s\n' "$now"
  last_=${made_:-${first_:-$now}}
  [ "$((now - last_))" -le "$backup_limit" ] ||
    finding backup_age problem "no backup since $(date -u -d "@$last_" '+%Y-%m-%d %H:%M UTC'), for more than $((backup_limit / 3600)) hours" \
      "${backup_units:+journalctl -u $backup_units on the host says why; }make one now"
}
