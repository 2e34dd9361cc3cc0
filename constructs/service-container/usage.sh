# Memory and disk over time: one line for each sample, the oldest first.
#
# Expects   $records; [$usage_pause]: seconds between two samples, 600 by default.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh
#
# The fields of a line are separated by blanks: time in seconds since 1970, memory in use and its limit in MiB, size of the
# disk and how much of it is in use in MiB. Memory in use is - if the container does not run.

# How many samples are kept: 30 days, if one is taken every 10 minutes.
USAGE_LINES=4320

# usage_file: prints its path, which is beside the records
usage_file() {
  printf '%s/.usage' "$records"
}

# note_usage CONTAINER DIRECTORY: adds a sample of the container and of the disk that holds the directory, unless the last
# one is newer than the pause. A sample that cannot be taken stops nothing.
note_usage() {
  [ -d "$records" ] || return 0
  last_=$(tail -n 1 -- "$(usage_file)" 2>/dev/null | cut -d ' ' -f 1) || last_=
  # A line may be torn.
  case $last_ in '' | *[!0-9]*) last_=0 ;; esac
  [ "$(($(date +%s) - last_))" -ge "${usage_pause:-600}" ] || return 0
  line_=$(usage_now "$1" "$2" 2>/dev/null) || return 0
  add_usage "$line_" 2>/dev/null || true
}

# usage_now CONTAINER DIRECTORY: prints a sample
usage_now() {
  used_=$(timeout 15 docker stats --no-stream --format '{{.MemUsage}}' -- "$1") || return 1
  used_=$(printf '%s\n' "$used_" | mebibytes)
  limit_=$(docker inspect -f '{{.HostConfig.Memory}}' -- "$1") || return 1
  disk_=$(df -Pk -- "$2" | awk 'NR == 2 { printf "%d %d", $2 / 1024, $3 / 1024 }')
  printf '%s %s %s %s\n' "$(date +%s)" "${used_:--}" "$((limit_ / 1048576))" "$disk_"
}

# mebibytes < `123.4MiB / 512MiB`: prints the first amount in MiB, nothing for a container that does not run
mebibytes() {
  awk '{
    amount = $1 + 0; unit = $1; sub(/^[0-9.]+/, "", unit)
    factor["B"] = 1 / 1048576; factor["KiB"] = 1 / 1024; factor["MiB"] = 1; factor["GiB"] = 1024
    if (amount > 0 && unit in factor) printf "%d", amount * factor[unit]
  }'
}

# add_usage LINE: adds a line, and drops the oldest when there are 100 too many. Nothing but that changes the directory of
# the records, whose time tells when a deploy has changed them.
add_usage() (
  exec 4>>"$(usage_file)"
  flock -w 5 4
  printf '%s\n' "$1" >&4
  [ "$(wc -l <"$(usage_file)")" -ge "$((USAGE_LINES + 100))" ] || return 0
  kept_=$(tail -n "$USAGE_LINES" -- "$(usage_file)")
  printf '%s\n' "$kept_" >"$(usage_file)"
)
