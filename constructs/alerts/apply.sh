# Makes the host check the service every minute, and tell a receiver about each change.
#
# Expects   $key, $status, $unit; $packed_program: the program that checks, compressed by gzip, in base64;
#           $program_inputs: the names of its inputs; $alerts $environment $service $webhook $command $disk_percent
#           $certificate_days $backup_hours $textfile $deploy $container $url $database_url $data_directory $backups
#           $backup_units $schedule $caddy $caddyfile $site $health_path: see check.sh.
# Changes   writes program (0700), units and directory (0700), enables and starts the timer. What the last check found, and
#           messages that wait, stay. May run twice.
# Prints    nothing, or systemd's messages.
# Fails     systemd does not run, its directories cannot be written, or the address of the webhook is missing: alerts
# Needs     backup/schedule/lib.sh remote-host/record.sh

put_program() {
  {
    printf '#!/bin/sh\n# Checks a service. Written by a deploy: do not edit.\n'
    for each in records $program_inputs; do assignment "$each"; done
    printf 'backup_limit=%s\n' "$(backup_limit)"
    printf '%s' "$packed_program" | base64 -d | gzip -d
    echo
  } | put_in_place 0700 "$(schedule_program)"
}

# put_units: the journal gets what the program prints, and not two lines of systemd's for each run
put_units() {
  put_in_place 0644 "/etc/systemd/system/$unit.service" <<UNIT
[Unit]
Description=Check of $service in $environment
After=docker.service

[Service]
Type=oneshot
ExecStart=$(schedule_program)
TimeoutStartSec=300
Nice=10
SyslogLevel=warning
LogLevelMax=notice
UNIT
  put_in_place 0644 "/etc/systemd/system/$unit.timer" <<UNIT
[Unit]
Description=Checks of $service in $environment

[Timer]
OnCalendar=minutely
AccuracySec=1s

[Install]
WantedBy=timers.target
UNIT
}

# backup_limit: prints the seconds after which a backup is too old, 0 for never
backup_limit() {
  if [ -n "$backup_hours" ]; then
    echo "$((backup_hours * 3600))"
  elif [ -n "$schedule" ]; then
    echo "$((2 * $(period_of "$schedule")))"
  else
    echo 0
  fi
}

# remove_former: removes what other settings have left
remove_former() {
  [ "$webhook" = secret ] || rm -f -- "$alerts/values"
  former_=$(sed -n 's/^textfile=//p' "$records/$key" 2>/dev/null) || former_=
  if [ -n "$former_" ] && [ "$former_" != "$textfile" ]; then rm -f -- "$former_"; fi
}

main() {
  lock_host "the alerts"
  (umask 022 && mkdir -p -- /usr/local/sbin "${alerts%/*}")
  [ -d "$alerts" ] || mkdir -- "$alerts"
  chown -- 0:0 "$alerts"
  chmod -- 0700 "$alerts"
  remove_former
  put_program
  put_units
  start_timer
  { printf 'kind=alerts\nunit=%s\nalerts=%s\ntextfile=%s\n' "$unit" "$alerts" "$textfile" && timer_record; } |
    write_record "$key" "$status"
}

main </dev/null
