# Drift of a container and of the service in it. See remote-host/drift.sh.
#
# Expects   [$for_people]: yes also reports what a plan shows as an attribute of the container.
# Changes   nothing.
# Needs     remote-host/drift.sh service-container/lib.sh service-secrets/lib.sh

# drift_container: compares what the docker provider never reads back, or reads and cannot correct (see
# container_shape); for people also what it shows and corrects.
drift_container() {
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
  elif [ "$now" != "$was" ]; then
    new=$(printf '%s\n' "$now" | grep -vxF -e "$was" | paste -s -d , -) || true
    gone=$(printf '%s\n' "$was" | grep -vxF -e "$now" | paste -s -d , -) || true
    drift="container changed: added ${new:-nothing}, removed ${gone:-nothing}"
  elif [ -n "$(inspected "$id_" aside)" ]; then
    drift="container set aside by a deploy that was interrupted, seen $(now_utc)"
  elif [ -n "$(record_value undone)" ]; then
    drift="container not replaced: $(record_value undone), seen $(now_utc)"
  fi
}

# now_utc: prints the time. The Terraform state may hold the words of an earlier plan, and must not equal those of the
# next: else the steps before the container would not run again.
now_utc() {
  date -u +%Y-%m-%dT%H:%M:%SZ
}

drift_service() {
  container_=$(record_value name) secrets=$(record_value secrets)
  status_=$(state_of "$container_")
  if [ "$status_" != running ]; then
    drift="container $status_"
  elif [ "$(restarts_of "$container_")" != "$(record_value restarts)" ]; then
    drift="container restarted $(restarts_of "$container_") times on its own"
  elif ! serves "$(record_value database_url)" 8; then
    drift="service cannot use its database"
    serves "$(record_value url)" 2 || drift="service does not answer"
  elif has_old_secrets "$container_"; then
    drift="service with old secrets: restart"
  fi
  if [ -n "$drift" ] && killed_for_memory "$container_" "$(record_value since)"; then
    drift="$drift, $(memory_advice "$container_")"
  fi
}

# serves URL SECONDS: whether it answers 200 within that time; true without a URL. A busy service answers late.
serves() {
  [ -n "$1" ] || return 0
  ask_service "$(record_value name)" "$1" "$2"
  [ "$answer" != unreachable ] || ask_inside "$(record_value name)" "$1" "$2"
  [ "$answer" = 200 ]
}
