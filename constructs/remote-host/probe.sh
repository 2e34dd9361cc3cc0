# Detects drift at plan time. See docs/design.md.
#
# Expects   $requirements; [$adopting], [$restoring]: see remote-host/require.sh; [$run]: what all steps of one command have
#           in common.
# Changes   nothing. May run twice.
# Prints    one JSON object: for each record its recorded status, or words that say what differs; `unrecorded` is the
#           status of everything that has no record, `managed_by` says which Terraform state owns the host, if one does,
#           and `checked` that all requirements are met, for the later steps of the same run (see met_in_this_run). If a requirement is unmet, or a check is not possible, it prints the reasons on standard error and
#           fails.
# Needs     remote-host/drift.sh **/drift.sh **/requirements.sh

# print_status: prints the status of the record in $record as a member of the JSON object
print_status() {
  status=$(record_value status)
  if [ -n "$drift" ]; then
    # The Terraform state may hold the same words from the last plan, and a plan shows only differences.
    [ "$drift" != "$status" ] || drift="$drift, again"
    status=$drift
  fi
  case $status in *[\\\"]*) status=$(printf '%s' "$status" | sed 's/[\\"]/\\&/g') ;; esac
  printf ',"%s":"%s"' "${record##*/}" "$status"
}

# print_owner: prints which Terraform state manages the host, if one does, as a member of the JSON object
print_owner() {
  [ -z "$(owner_value state)" ] || printf ',"managed_by":"the Terraform state of %s, since %s"' \
    "$(owner_value place | sed 's/[\\"]/\\&/g')" "$(owner_value since)"
}

# print_checked: prints when all requirements were met, and for which run, as a member of the JSON object
print_checked() {
  case ${run-} in
    '' | *[\\\"]*) ;;
    *) printf ',"checked":"%s, %s, %s"' "$run" "$began" "$(fingerprint_of_containers)" ;;
  esac
}

main() {
  wait_for_lock
  began=$(date +%s)
  detect_drift print_status
  # No Terraform state holds this status, so a lost record shows up in the plan like any other loss.
  printf '{"unrecorded":"not on record, %s"%s%s%s}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(print_checked)" "$(print_owner)" "$found"
}

main </dev/null
