# Checks a service once, and tells a receiver what has changed since the last check. It is installed on the host, where a
# timer runs it every minute.
#
# Expects   $environment, $service: their names; $alerts: the directory of its files; $webhook, $command: the receiver, see
#           lib.sh; $container; $url, [$database_url]: see service-container/wait-healthy.sh; $data_directory; $backups: a
#           directory; $backup_units: names of the systemd units that make backups, without suffix; $backup_limit: seconds
#           after which a backup is too old, 0 for never; $disk_percent; $certificate_days; $caddy, $caddyfile, $site,
#           $health_path: see web-service/smoke-test.sh; [$textfile]: where the figures are exported; $deploy: how to deploy,
#           in words.
# Changes   the files in $alerts: `state`, what the last check found; `waiting`, messages that were not delivered yet. The
#           file $textfile. May run twice; a check waits for another one.
# Prints    only why a message was not delivered.
# Needs     alerts/lib.sh alerts/checks.sh alerts/changes.sh alerts/figures.sh

# send_waiting: delivers the messages that wait, the oldest first. After a failure the others wait for the next check, so
# that none overtakes another and a receiver that hangs delays nothing.
send_waiting() {
  for message_ in "$alerts"/waiting/*; do
    [ -f "$message_" ] || return 0
    if ! deliver "$message_"; then
      echo "alerts: $(find "$alerts/waiting" -type f | wc -l) messages wait for the next check: $undelivered" >&2
      return 0
    fi
    rm -f -- "$message_"
  done
}

main() {
  [ -d "$alerts" ] || fail "$alerts does not exist: deploy again"
  mkdir -p -- "$alerts/waiting"
  exec 9>>"$alerts/.lock"
  flock -w 240 9 || fail "another check has been at work for 4 minutes"
  now=$(date +%s)
  held=$(at_work)
  findings=$(all_findings)
  record_changes
  send_waiting
  export_figures
}

main </dev/null
