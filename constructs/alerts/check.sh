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
#           file $textfile. Every 10 minutes, adds a sample of usage. May run twice; a check waits for another one.
# Prints    only why a message was not delivered.
# Needs     alerts/lib.sh alerts/checks.sh alerts/changes.sh alerts/figures.sh service-container/usage.sh

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

# has_room: whether the disk of $alerts has room for what a check writes
has_room() {
  head -c 65536 /dev/zero 2>/dev/null >"$alerts/.room" || return 1
  rm -f -- "$alerts/.room"
}

# tell_full FILE: sends the one message that needs no room on the disk of $alerts, once; FILE holds it then
tell_full() {
  [ ! -f "$1" ] || return 0
  rm -f -- "$alerts/.room"
  write_message problem alerts "$now" "the disk of $alerts is full, so the checks cannot keep what they find, and report nothing else" \
    "make room there" >"$1"
  deliver "$1" || {
    rm -f -- "$1"
    echo "alerts: the disk of $alerts is full, and $undelivered" >&2
  }
}

main() {
  [ -d "$alerts" ] || fail "$alerts does not exist: deploy again"
  exec 9<"$alerts"
  flock -w 240 9 || fail "another check has been at work for 4 minutes"
  now=$(date +%s)
  full=/run/$(printf '%s' "${alerts#/}" | tr / -).full
  if ! has_room; then
    tell_full "$full"
    return
  fi
  rm -f -- "$full"
  mkdir -p -- "$alerts/waiting"
  held=$(at_work)
  findings=$(all_findings)
  record_changes
  send_waiting
  export_figures
  note_usage "$container" "$data_directory"
}

main </dev/null
