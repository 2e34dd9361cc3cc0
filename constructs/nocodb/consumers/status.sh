# The status of NocoDB's consumers. See remote-host/status.sh.
#
# Changes   nothing.
# Needs     remote-host/status.sh nocodb/consumers/drift.sh nocodb/consumers/requirements.sh

# status_sign_up: nobody can make an account. What concerns all consumers is reported here.
status_sign_up() {
  find_consumers || return 0
  consumers=
  ask_rights
  wrong=${drifts#, }
  [ "$reachable" = yes ] || unknown="NocoDB's API does not answer"
  fact="closed: only the super admin invites"
}

# status_consumer NAME OWN_FILE MISSING_FILE FILE ROLES...: its token works with these roles, and its env file has its
# lines, and nothing prevents a deploy from writing them
status_consumer() {
  meets env_file "$1" "$2" "$3" "$4" || return 0
  name=$1 file=$4
  shift 4
  find_consumers || {
    unknown=$wrong wrong=
    return 0
  }
  consumers=$(recorded_consumers | grep -e "^$name ") || {
    wrong="the last deploy did not know it"
    return 0
  }
  ask_rights
  # A row of its own reports it.
  drifts=
  drift_consumer
  wrong=${drifts#, }
  [ "$reachable" = yes ] || unknown="its lines are in $file, but NocoDB's API does not answer, so its token could not be tried"
  fact="token works, $*; in $file"
}

# find_consumers: sets record to that of the consumers; false if there is none or it is unfinished
find_consumers() {
  drifts=
  record=$(records_of unfinished)
  [ -z "$record" ] || wrong="consumers unfinished"
  record=$(records_of consumers)
  [ -n "$record" ] || wrong=${wrong:-no consumers on record}
  [ -z "$wrong" ]
}
