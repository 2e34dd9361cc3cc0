# Drift of a container and of the service in it. See remote-host/drift.sh.
#
# Expects   [$for_people]: yes also reports what a plan shows as an attribute of the container.
# Changes   nothing.
# Needs     remote-host/drift.sh service-container/lib.sh service-secrets/lib.sh

# drift_container: compares what the docker provider never reads back, or reads and cannot correct (see
# container_shape); for people also what it shows and corrects.
drift_container() {
  drift_shape ''
  [ -z "$drift" ] || return 0
  if [ -n "$(inspected "$id_" aside)" ]; then
    drift="container set aside by a deploy that was interrupted, seen $(now_utc)"
  elif [ -n "$(record_value undone)" ]; then
    drift="container not replaced: $(record_value undone), seen $(now_utc)"
  fi
}

# drift_shape PATTERN: the same for those properties whose lines match. Sets id_ to the container's id.
drift_shape() {
  # A container that an interrupted deploy has set aside has another name.
  id_=$(inspected "$(record_value name)" id) || id_=//
  now=$(container_shape "$id_") || now=
  was=$(record_value shape)
  if [ "${for_people-}" = yes ] && [ -n "$now" ] && [ -n "$(record_value limit)" ]; then
    now="$now
$(container_limits "$id_")"
    was="$was
$(record_value limit)"
  fi
  if [ -z "$now" ]; then
    drift="container missing"
    return 0
  fi
  new=$(printf '%s\n' "$now" | grep -vxF -e "$was" | grep -E -e "$1" | awk '{ printf "%s%s", (NR > 1 ? ", " : ""), $0 }') || true
  gone=$(printf '%s\n' "$was" | grep -vxF -e "$now" | grep -E -e "$1" | awk '{ printf "%s%s", (NR > 1 ? ", " : ""), $0 }') || true
  if [ -n "$new" ] && [ -n "$gone" ]; then
    drift="container changed: it has $new instead of $gone"
  elif [ -n "$new" ]; then
    drift="container changed: it also has $new"
  elif [ -n "$gone" ]; then
    drift="container changed: it lacks $gone"
  fi
}

# now_utc: prints the time. The Terraform state may hold the words of an earlier plan, and must not equal those of the
# next: else the steps before the container would not run again.
now_utc() {
  date -u +%Y-%m-%dT%H:%M:%SZ
}

drift_service() {
  drift_state
  [ -n "$drift" ] || drift_restarts
  [ -n "$drift" ] || drift_answers
}

# drift_state: the container does not run
drift_state() {
  container_=$(record_value name)
  [ "$(state_of "$container_")" = running ] || drift="container $(state_of "$container_")"
  add_memory_advice
}

# drift_restarts: the container runs, and Docker has started it again
drift_restarts() {
  container_=$(record_value name)
  restarts_=$(restarts_of "$container_")
  [ "$restarts_" = "$(record_value restarts)" ] || drift="container restarted $restarts_ time$([ "$restarts_" = 1 ] || echo s) on its own"
  add_memory_advice
}

# drift_answers: the container runs, and the service in it does not do its work
drift_answers() {
  container_=$(record_value name) secrets=$(record_value secrets)
  if ! serves "$container_" "$(record_value database_url)" 8; then
    drift="service cannot use its database"
    serves "$container_" "$(record_value url)" 2 || drift="service does not answer"
  elif has_old_secrets "$container_"; then
    drift="service with old secrets: restart"
  fi
  add_memory_advice
}

# add_memory_advice: the kernel may have caused it
add_memory_advice() {
  if [ -n "$drift" ] && killed_for_memory "$container_" "$(record_value since)"; then
    drift="$drift, $(memory_advice "$container_")"
  fi
}
