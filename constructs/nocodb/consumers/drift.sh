# Drift of NocoDB's consumers. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh nocodb/consumers/lib.sh nocodb/consumers/api.sh

# drift_unfinished: nocodb/consumers/apply.sh was interrupted
drift_unfinished() {
  drift="consumers unfinished"
}

drift_consumers() {
  api_container=$(record_value api_container) port=$(record_value port) env_file=$(record_value env_file) consumers=$(recorded_consumers)
  drifts=
  # drift_service reports a NocoDB that does not run or answer.
  timeout=5
  if [ "$(state_of "$api_container")" = running ] && open_api; then reachable=yes; else reachable=no; fi
  [ "$reachable" = no ] || [ "$invite_only" = true ] || add_drift "sign-up open to everybody"
  for name in $(names); do drift_consumer; done
  drift=${drifts#, }
}

# add_drift TEXT
add_drift() {
  drifts="$drifts, $1"
}

# drift_consumer: the env file, token and container of $name
drift_consumer() {
  file=$(desired "$name" envFile) own_file=$(desired "$name" ownFile) container=$(desired "$name" container)
  lines=$(lines_in "$file" "$own_file" "$name" && printf x)
  lines=${lines%x}
  if [ ! -f "$file" ]; then
    add_drift "$file of $name missing"
  elif [ -z "$lines" ]; then
    add_drift "lines of $name missing in $file"
  elif [ "$(printf '%s' "$lines" | fingerprint "$(recorded "$name" salt)")" != "$(recorded "$name" fingerprint)" ]; then
    add_drift "lines of $name edited in $file"
  elif [ "$own_file" = true ] && [ "$(stat -L -c %a -- "$file")" != 600 ]; then
    add_drift "mode of $file not 0600"
  elif [ "$reachable" = yes ]; then
    drift_token "$(printf '%s' "$lines" | token_of)"
  fi
  if [ -n "$(desired "$name" recreate)" ] && [ "$(state_of "$container")" != missing ]; then
    container_has "$container" <<LINES || add_drift "container $container without the lines of $name"
${lines%"$newline"}
LINES
  fi
}

# drift_token TOKEN: of $name
drift_token() {
  holder_of "$1"
  role=$(desired "$name" role)
  if [ -z "$holder" ]; then
    add_drift "token of $name refused"
  elif [ "$role" != super-admin ] && [ "$holder $holder_role" != "$(email_of "$name") $role" ]; then
    add_drift "token of $name belongs to $holder, $holder_role"
  fi
}
