# The status of what the environment file promises. Each status_* function looks at one kind of promise, and is defined
# in a file status.sh.
#
# Expects   $promises: one a line; the words after the first are the arguments. $environment: its name, for the commands
#           in remedies; $records.
# Changes   nothing. A status_* function sets fact to what is there, in a few words. It sets wrong to what differs, in the
#           words of drift detection if that knows them, and fix to what to do (default: deploy). It sets unknown to the
#           reason why nobody can tell; if it fails, that is its last error message.
# Needs     remote-host/drift.sh remote-host/history.sh

# status_docker: the engine. Everything else is asked through it.
status_docker() {
  if version_=$(timeout 8 docker version -f '{{.Server.Version}}' 2>&1); then
    fact="Docker $version_"
  else
    wrong="Docker does not answer: $(printf '%s\n' "$version_" | tail -n 1)" fix="systemctl start docker, on the host"
  fi
}

# status_work: another command that is at work on the host
status_work() {
  fact="no other command is at work on the host"
  [ -f "$(lock_file)" ] || return 0
  exec 8<"$(lock_file)"
  flock -s -n 8 2>/dev/null || unknown="another command is at work, so rows may be about to change: $(cat -- "$(lock_file)")"
}

# status_last_deploy: who deployed last, and how it ended
status_last_deploy() {
  last_=$(awk -F "$field_end" '$3 == "deploy" { last = $0 } END { print last }' "$(history_file)" 2>/dev/null) || last_=
  if [ -z "$last_" ]; then
    [ -d "$records" ] || wrong="nothing is on record in $records"
    unknown="no deploy is in the history of the host"
    return 0
  fi
  fact="$(time_since "$(history_field 1)") ago by $(history_field 5), in $(history_field 2) s"
  [ "$(history_field 7)" != failed ] || wrong="failed $fact: $(history_field 8)"
}

# history_field NUMBER: prints a field of the line in $last_
history_field() {
  printf '%s' "$last_" | cut -d "$field_end" -f "$1"
}

# status_kept KIND...: everything of these kinds that the app keeps
status_kept() {
  count_=0
  for kind_ in "$@"; do
    count_=$((count_ + $(records_of "$kind_" | wc -l)))
    find_drift "drift_$kind_" "$kind_"
  done
  if [ "$count_" -gt 0 ]; then fact="$count_ as the last deploy left them"; else wrong="none on record"; fi
}

# records_of KIND [NAME VALUE]: prints the paths of the records of that kind, with the line NAME=VALUE
records_of() {
  for record in "$records"/*; do
    [ -f "$record" ] || continue
    if [ "$(record_value kind)" = "$1" ] && { [ $# -eq 1 ] || [ "$(record_value "$2")" = "$3" ]; }; then printf '%s\n' "$record"; fi
  done
}

# find_drift FUNCTION KIND [NAME VALUE]: adds to wrong how these things differ from their records, after their paths if
# they have one. FUNCTION is that of the kind, or looks at a part of such things.
find_drift() {
  function_=$1
  shift
  records_of "$@" | while read -r record; do
    drift=
    "$function_"
    [ -z "$drift" ] || printf '%s%s\n' "$(record_value path | sed 's/$/: /')" "$drift"
  done >"$rows/.$row.drift"
  words_=$(awk '{ printf "%s%s", (NR > 1 ? ", " : ""), $0 }' "$rows/.$row.drift")
  [ -z "$words_" ] || wrong="${wrong:+$wrong, }$words_"
}

# meets REQUIREMENT ARGUMENTS...: whether the host meets a requirement; if not, sets wrong and fix to what a plan says
meets() {
  what_=$1
  shift
  problems=
  "require_$what_" "$@" || true
  [ -n "$problems" ] || return 0
  wrong=$(printf '%s\n' "$problems" | sed 1d | sed 's/^- //' | paste -s -d ' ' -)
  case $wrong in *": "*) fix=${wrong##*: } wrong=${wrong%: *} ;; esac
  return 1
}

# is_running CONTAINER: whether it runs; if not, sets unknown to its state
is_running() {
  state_=$(state_of "$1")
  [ "$state_" = running ] || unknown="container $1 is $state_"
  [ -z "$unknown" ]
}

# age SECONDS: prints a time as `3 days`, in the largest unit of which there is a whole one
age() {
  if [ "$1" -ge 172800 ]; then
    echo "$(($1 / 86400)) days"
  elif [ "$1" -ge 7200 ]; then
    echo "$(($1 / 3600)) hours"
  elif [ "$1" -ge 120 ]; then
    echo "$(($1 / 60)) minutes"
  else
    echo "$(($1 < 0 ? 0 : $1)) seconds"
  fi
}

# time_since TIME: prints the age of a time in seconds since 1970
time_since() {
  age "$(($(date +%s) - $1))"
}

# Between the fields of a row.
field_end=$(printf '\037')
