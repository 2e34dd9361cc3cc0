# What the checks of alerts print, and what they know of earlier ones.
#
# A watch_* function prints lines, with tabs between the words:
#   finding CAUSE problem|good SUMMARY ACTION
#   figure NAME VALUE                        a figure to export, as Prometheus writes it
#   set NAME VALUE                           kept for the next check, see state_value
# A function that cannot tell exits, and its causes stay as they were. CAUSE is the name of the function's kind, perhaps
# with `:` and more behind it; a cause that is not mentioned any more is good.
#
# Expects   what alerts/check.sh expects; $now: seconds since 1970; $held: what is at work on this host, if anything is.
# Changes   nothing.
# Needs     alerts/lib.sh remote-host/record.sh

# Seconds for which a restart or a kill counts as a problem.
REMEMBERED=900

# finding CAUSE problem|good SUMMARY [ACTION]
finding() {
  printf 'finding\t%s\t%s\t%s\t%s\n' "$1" "$2" "$(printable "$3")" "$(printable "${4-}")"
}

# figure NAME VALUE [LABEL TEXT]
figure() {
  label_=
  [ -z "${3-}" ] || label_=",$3=\"$(printable "$4" | sed 's/[\\"]/\\&/g')\""
  printf 'figure\t%s{environment="%s",service="%s"%s}\t%s\n' "$1" "$environment" "$service" "$label_" "$2"
}

# state_value NAME: prints what an earlier check has set
state_value() {
  [ ! -f "$alerts/state" ] || awk -F '\t' -v name="$1" '$1 == "set" && $2 == name { print $3 }' "$alerts/state"
}

# is_problem CAUSE: whether it, or one that begins with it and `:`, was a problem at the last check
is_problem() {
  [ -f "$alerts/state" ] && awk -F '\t' -v cause="$1" '
    $1 == "cause" && ($2 == cause || index($2, cause ":") == 1) && $3 == "problem" { found = 1 }
    END { exit ! found }' "$alerts/state"
}

# at_work: prints what is at work on this host, such as a deploy or a restore, which stops the service for a while. A
# deploy works in short steps, each with the lock, and waits for the service without. What takes longer than 15 minutes,
# or a start that takes longer than 5, is not waited for.
at_work() {
  lock_=$(lock_file)
  if [ -f "$lock_" ]; then
    age_=$((now - $(stat -c %Y -- "$lock_")))
    if [ "$age_" -lt 60 ] || { [ "$age_" -lt 900 ] && ! flock -s -n "$lock_" true; }; then
      cat -- "$lock_"
      return
    fi
  fi
  find "$records" -maxdepth 1 \( -name '.waiting.*' -o -name ".started-$service" \) -mmin -5 2>/dev/null | head -n 1
}

# lasting FUNCTION: prints what it prints, which is a problem unless it is empty or begins with `= `. A problem must be
# there 5 s later, too. Returns 1 if something is at work by then.
lasting() {
  lasting_=$("$1")
  case $lasting_ in
    '' | "= "*)
      printf '%s' "$lasting_"
      return
      ;;
  esac
  sleep 5
  now=$(date +%s)
  [ -z "$(at_work)" ] || return 1
  "$1"
}

# lately NAME: whether an event is remembered; NAME is the value that holds its time
lately() {
  at_=$(state_value "$1")
  [ -n "$at_" ] && [ "$((now - at_))" -lt "$REMEMBERED" ]
}
