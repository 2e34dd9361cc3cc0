# The status of a service's secrets. See remote-host/status.sh.
#
# Expects   $environment.
# Changes   nothing.
# Needs     remote-host/status.sh service-secrets/drift.sh

# status_secrets DIRECTORY NAME:POLICY...: each has a value, and all are as the last deploy left them
status_secrets() {
  secrets=$1
  shift
  find_drift drift_secrets secrets directory "$secrets"
  record=$(secrets_record) ages=
  for each_ in "$@"; do
    name_=${each_%:*}
    if [ -n "$(secret_value "$name_")" ]; then
      ages="$ages, $name_ for $(time_since "$(secret_since "$name_")")"
    elif [ -n "$(pending_value "$name_")" ]; then
      wrong=${wrong:-$name_ set: the next deploy puts it into use}
    elif [ "${each_#*:}" = given ] && [ -z "$wrong" ]; then
      wrong="$name_ missing" fix="npx nocodb-host secret set $environment $name_"
    else
      wrong=${wrong:-$name_ missing}
    fi
  done
  fact="in use: ${ages#, }"
}
