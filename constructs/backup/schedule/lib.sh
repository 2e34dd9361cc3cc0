# The files of a scheduled task: a program and two systemd units.
#
# Expects   $unit: the name of the units, without suffix.
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

# period_of SCHEDULE: prints the longest time between two of the next runs, in seconds; 0 if there are fewer than two
period_of() {
  TZ=UTC systemd-analyze calendar --iterations=10 -- "$1" 2>/dev/null |
    sed -n 's/^ *\(Next elapse\|Iter\. #[0-9]*\): //p' |
    while IFS= read -r time_; do date -d "$time_" +%s; done |
    awk 'NR > 1 && $1 - last > longest { longest = $1 - last } { last = $1 } END { print longest + 0 }'
}
