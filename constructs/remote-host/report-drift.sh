# Detects drift for people, without Terraform.
#
# Changes   nothing. May run twice.
# Prints    one line for each difference from the last deploy, and exits with 2; or that there is none. If a requirement
#           is unmet, or a check is not possible, it prints the reasons and exits with 1.
# Needs     remote-host/drift.sh **/drift.sh **/requirements.sh

# print_drift: prints the drift of the record in $record, and a line `late: …` if a scheduled task is overdue
print_drift() {
  late=
  [ -z "$drift" ] || printf '%s: %s\n' "${record##*/}" "$drift"
  [ "$(record_value kind)" != schedule ] || check_last_run
  [ -z "$late" ] || printf 'late: %s\n' "$late"
}

# Checks the requirements that the last deploy recorded.
main() {
  for_people=yes
  wait_for_lock
  requirements=$(sed 1d "$records/.requirements" 2>/dev/null) || requirements=docker
  count=$(find "$records" -type f -not -name '.*' 2>/dev/null | wc -l)
  detect_drift print_drift
  [ "$count" -gt 0 ] || fail "nothing is on record in $records: deploy first"
  if [ -z "$found" ]; then
    echo "no drift in $count records"
    return
  fi
  printf '%s\n' "$found" | sed -n 's/^late: //p'
  drifted=$(printf '%s\n' "$found" | sed '/^late: /d' | sort)
  [ -z "$drifted" ] || printf '%s\n' "$drifted" "drift: a deploy corrects it"
  exit 2
}

main </dev/null
