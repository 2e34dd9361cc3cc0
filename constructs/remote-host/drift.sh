# Detects drift: compares each record with the host. Each drift_* function checks one kind of record and is defined in a
# file drift.sh.
#
# Expects   $records.
# Changes   nothing. A drift_* function reads the record in $record. It sets drift to a few words that say what differs,
#           and leaves it empty if nothing does.
# Needs     remote-host/record.sh remote-host/record-value.sh remote-host/require.sh remote-host/requirements.sh

# detect_drift PRINT: sets found to the lines that the function PRINT prints for each record, from $record and $drift.
# Requirements are checked at the same time, because that is faster. If one is unmet, only the unmet requirements are
# printed, and the script exits: errors in the other checks are consequences.
detect_drift() {
  begin_requirements
  check_requirements &
  checking=$!
  checked=$(detect_each "$1" 2>&1)
  wait "$checking" || exit 1
  found=$(printf '%s\n' "$checked" | sed -n 's/^= //p')
  printf '%s\n' "$checked" | sed '/^= /d; /^?$/d; /^$/d' >&2
  ! printf '%s\n' "$checked" | grep -qxF '?' || exit 1
}

# detect_each PRINT: checks each record in a process of its own, because most checks wait for the engine. Prints each
# line of PRINT after `= `, and `?` for a record that could not be checked, beside the error messages.
detect_each() {
  for record in "$records"/*; do
    [ -f "$record" ] || continue
    (
      trap 'echo "?"' EXIT
      set -e
      drift=
      check="drift_$(record_value kind)"
      if command -v "$check" >/dev/null; then "$check"; else drift="record unreadable"; fi
      printed=$("$1")
      trap - EXIT
      case $printed in
        '') ;;
        *"
"*) printf '%s\n' "$printed" | sed 's/^/= /' ;;
        *) printf '= %s\n' "$printed" ;;
      esac
    ) &
  done
  wait
}

# container_is_gone CONTAINER: sets drift if the recorded container does not exist any more. Requirements check the
# configured one.
container_is_gone() {
  [ "$(state_of "$1")" = missing ] || return 1
  drift="container $1 missing"
}

# wait_for_lock: waits until no other script changes the host. A script continues after its command was killed.
wait_for_lock() {
  [ -f "$(lock_file)" ] || return 0
  exec 8<"$(lock_file)"
  flock -s -w 12 8 2>/dev/null || fail_locked 12
}
