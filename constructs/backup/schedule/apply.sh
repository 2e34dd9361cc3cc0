# Makes the host run a task on a schedule: backups, or tests of them.
#
# Expects   $key, $status, $unit; $schedule: as systemd's OnCalendar takes it; $task: `backup` or `restore test`;
#           $program_text: the program that does it; $program_inputs: the names of its inputs; [$backup] [$copy_to] [$copy_days] [$copy_secrets]; $reason $service
#           $service_kind $backups $keep $database_container $superuser $database $role $data_directory $secrets
#           $pinned_secrets.
# Changes   writes program (0700) and units, enables and starts the timer. If a run was missed while the host was down,
#           it runs after the start. May run twice.
# Prints    nothing, or systemd's messages.
# Fails     systemd does not run, or its directories cannot be written: schedule
# Needs     backup/schedule/lib.sh remote-host/record.sh

# assignment NAME: prints the assignment of an input for the program
assignment() {
  eval "value_=\$$1"
  # shellcheck disable=SC2154 # set by eval
  printf "%s='%s'\n" "$1" "$(printf '%s' "$value_" | sed "s/'/'\\\\''/g")"
}

# put_in_place MODE FILE < content: writes the file in one step
put_in_place() {
  new_=$(mktemp -- "${2%/*}/.${2##*/}.XXXXXX")
  cat >"$new_"
  chmod -- "$1" "$new_"
  mv -f -- "$new_" "$2"
}

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
  schedule_additions | while IFS= read -r addition; do rm -rf -- "$addition"; done
  put_units
  systemctl daemon-reload
  systemctl --quiet enable "$unit.timer"
  systemctl restart "$unit.timer"
  salt=$(new_salt)
  {
    printf 'kind=schedule\ntask=%s\nunit=%s\nschedule=%s\nservice=%s\nbackups=%s\nsince=%s\nsalt=%s\n' "$task" "$unit" "$schedule" "$service" "$backups" "$(date +%s)" "$salt"
    schedule_files | while IFS= read -r file; do printf '%s=%s\n' "$file" "$(fingerprint "$salt" <"$file")"; done
  } | write_record "$key" "$status"
}

main </dev/null
