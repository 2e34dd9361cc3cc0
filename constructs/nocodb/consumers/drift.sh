# Drift of NocoDB's consumers. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh nocodb/consumers/lib.sh nocodb/consumers/rights.sh

# drift_unfinished: nocodb/consumers/apply.sh was interrupted
drift_unfinished() {
  drift="consumers unfinished"
}

drift_consumers() {
  consumers=$(recorded_consumers) drifts=
  ask_rights
  for name in $(names); do drift_consumer; done
  drift=${drifts#, }
}

# ask_rights: asks NocoDB for the rights of $consumers, unless it does not run or answer, which drift_service reports
ask_rights() {
  api_container=$(record_value api_container) port=$(record_value port)
  database_container=$(record_value database_container) superuser=$(record_value superuser)
  reachable=no
  if [ "$(state_of "$api_container")" = running ] && find_api; then
    reachable=yes
    [ "$(info_value inviteOnlySignup)" = true ] || add_drift "sign-up open to everybody"
    read_rights
  fi
}

# add_drift TEXT
add_drift() {
  drifts="$drifts, $1"
}

# drift_consumer: the env file, rights and container of $name
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
    drift_api_rights
  fi
  if [ -n "$(desired "$name" recreate)" ] && [ "$(state_of "$container")" != missing ]; then
    container_has "$container" <<LINES || add_drift "container $container without the lines of $name"
${lines%?}
LINES
  fi
}
