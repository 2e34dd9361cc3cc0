# The files of a task that a timer runs, such as scheduled backups: a program and two systemd units.
#
# Expects   $unit: the name of the units, without suffix; $records, $key: the record of the timer.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh

# schedule_program: prints its path
schedule_program() {
  printf '/usr/local/sbin/%s' "$unit"
}

# schedule_files: prints their paths, one a line
schedule_files() {
  printf '%s\n' "$(schedule_program)" "/etc/systemd/system/$unit.service" "/etc/systemd/system/$unit.timer"
}

# schedule_additions: prints the directories that `systemctl edit` adds to the units
schedule_additions() {
  find /etc/systemd/system -maxdepth 1 \( -name "$unit.service.d" -o -name "$unit.timer.d" \)
}

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

# start_timer: enables and starts the timer, without what someone has added to the units
start_timer() {
  schedule_additions | while IFS= read -r addition_; do rm -rf -- "$addition_"; done
  systemctl daemon-reload
  systemctl --quiet enable "$unit.timer"
  systemctl restart "$unit.timer"
}

# remove_timer: stops and removes units, program and record; a run is finished
remove_timer() {
  systemctl --quiet disable --now "$unit.timer" 2>/dev/null || true
  { schedule_files && schedule_additions; } | while IFS= read -r file_; do rm -rf -- "$file_"; done
  rm -f -- "/var/lib/systemd/timers/stamp-$unit.timer" "$records/$key"
  systemctl daemon-reload 2>/dev/null || true
  systemctl reset-failed "$unit.service" 2>/dev/null || true
}

# timer_record: prints the lines of the record by which drift in the files is detected
timer_record() {
  salt_=$(new_salt)
  printf 'salt=%s\n' "$salt_"
  schedule_files | while IFS= read -r file_; do printf '%s=%s\n' "$file_" "$(fingerprint "$salt_" <"$file_")"; done
}

# period_of SCHEDULE: prints the longest time between two of the next runs, in seconds; 0 if there are fewer than two
period_of() {
  TZ=UTC systemd-analyze calendar --iterations=10 -- "$1" 2>/dev/null |
    sed -n 's/^ *\(Next elapse\|Iter\. #[0-9]*\): //p' |
    while IFS= read -r time_; do date -d "$time_" +%s; done |
    awk 'NR > 1 && $1 - last > longest { longest = $1 - last } { last = $1 } END { print longest + 0 }'
}
