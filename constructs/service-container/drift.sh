# Drift of a container and of the service in it. See remote-host/drift.sh.
#
# Expects   [$for_people]: yes also reports what a plan shows as an attribute of the container.
# Changes   nothing.
# Needs     remote-host/drift.sh service-container/lib.sh service-secrets/lib.sh

# drift_container: compares what the docker provider never reads back, or reads and cannot correct (see
# container_shape); for people also what it shows and corrects.
drift_container() {
  now=$(container_shape "$(record_value name)") || now=
  was=$(record_value shape)
  if [ "${for_people-}" = yes ] && [ -n "$now" ] && [ -n "$(record_value limit)" ]; then
    now="$now
$(container_limits "$(record_value name)")"
    was="$was
$(record_value limit)"
  fi
  if [ -z "$now" ]; then
    drift="container missing"
  elif [ "$now" != "$was" ]; then
    new=$(printf '%s\n' "$now" | grep -vxF -e "$was" | paste -s -d , -) || true
    gone=$(printf '%s\n' "$was" | grep -vxF -e "$now" | paste -s -d , -) || true
    drift="container changed: added ${new:-nothing}, removed ${gone:-nothing}"
  fi
}

drift_service() {
  container_=$(record_value name) secrets=$(record_value secrets)
  status_=$(state_of "$container_")
  if [ "$status_" != running ]; then
    drift="container $status_"
  elif [ "$(restarts_of "$container_")" != "$(record_value restarts)" ]; then
    drift="container restarted $(restarts_of "$container_") times on its own"
  elif ! serves "$container_" "$(record_value database_url)" 8; then
    drift="service cannot use its database"
    serves "$container_" "$(record_value url)" 2 || drift="service does not answer"
  elif has_old_secrets "$container_"; then
    drift="service with old secrets: restart"
  fi
  if [ -n "$drift" ] && killed_for_memory "$container_" "$(record_value since)"; then
    drift="$drift, $(memory_advice "$container_")"
  fi
}
