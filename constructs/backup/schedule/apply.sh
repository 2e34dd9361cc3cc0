# Makes the host run a task on a schedule: backups, or tests of them.
#
# Expects   $key, $status, $unit; $schedule: as systemd's OnCalendar takes it; $task: `backup` or `restore test`;
#           $program_text: the program that does it; $program_inputs: the names of its inputs; [$backup] [$copy_to]
#           [$copy_days] [$copy_secrets]; $reason $service $service_kind $backups $keep $database_container $superuser
#           $database $role $data_directory $secrets $pinned_secrets; [$failure_unit]: the unit that is started if a run
#           fails.
# Changes   writes program (0700) and units, enables and starts the timer. If a run was missed while the host was down,
#           it runs after the start. May run twice.
# Prints    nothing, or systemd's messages.
# Fails     systemd does not run, or its directories cannot be written: schedule
# Needs     backup/schedule/lib.sh remote-host/record.sh

put_program() {
  {
    printf '#!/bin/sh\n# Runs a %s now. Written by a deploy: do not edit.\n' "$task"
    for each in records $program_inputs; do assignment "$each"; done
    printf '%s\n' "$program_text"
  } | put_in_place 0700 "$(schedule_program)"
}

put_units() {
  put_in_place 0644 "/etc/systemd/system/$unit.service" <<UNIT
[Unit]
Description=Scheduled $task of database $database and $data_directory
After=docker.service
Wants=docker.service
${failure_unit:+OnFailure=$failure_unit.service
}
[Service]
Type=oneshot
ExecStart=$(schedule_program)
Nice=10
UNIT
  put_in_place 0644 "/etc/systemd/system/$unit.timer" <<UNIT
[Unit]
Description=Schedule of each $task of database $database and $data_directory

[Timer]
OnCalendar=$schedule
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
UNIT
}

main() {
  lock_host "the schedule of each $task"
  mkdir -p -- /usr/local/sbin
  put_program
  put_units
  start_timer
  {
    printf 'kind=schedule\ntask=%s\nunit=%s\nschedule=%s\nservice=%s\nbackups=%s\nsince=%s\n' "$task" "$unit" "$schedule" "$service" "$backups" "$(date +%s)"
    timer_record
  } | write_record "$key" "$status"
}

main </dev/null
