# A new container takes over from the one that was set aside.
#
# The new one starts without networks while the former one serves. A service that loads secrets.cjs waits there at its
# first connection, so most of its start is done, and it has read and written nothing. Then the former one stops, and the
# new one gets its networks and may go on: two instances never write at once.
#
# Expects   those of wait-healthy.sh; $networks: a line NETWORK ALIAS… for each of the container's; [$caddy], [$upstream]:
#           the container that sends it requests, and as what; [$requirements]: of the host.
# Changes   nothing until a function is called.
# Needs     service-container/aside.sh service-container/lib.sh service-container/served.sh caddy-site/hold.sh remote-host/require.sh **/requirements.sh

# take_over: starts the new container, and stops the former one. Does nothing if the container has served before. If the
# new one cannot load, fails while the former one serves.
take_over() {
  if former_runs; then
    beside=yes
    successor=$(container_id "$name")
    ! can_wait || load_beside
    await_postgresql
    hand_over
  elif [ -f "$(wait_file)" ] || [ "$state" = created ]; then
    attach_networks
    release_successor
  fi
}
beside=

# wait_file: prints the path of the file that makes the new container wait; see secrets.cjs
wait_file() {
  printf '%s/wait-%s' "$secrets" "$(docker inspect -f '{{.Config.Hostname}}' -- "$name" 2>/dev/null)"
}

# can_wait: whether the service loads secrets.cjs, and the host has memory for two instances
can_wait() {
  docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' -- "$name" | grep -q '^NODE_OPTIONS=.*/secrets\.cjs' || return 1
  free_=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
  [ "$(docker inspect -f '{{.HostConfig.Memory}}' -- "$name")" -lt "$((${free_:-0} * 1024))" ]
}

# load_beside: starts the new container and waits until it has loaded
load_beside() {
  if [ "$state" = created ]; then
    detach_networks
    : >"$(wait_file)"
    docker start "$name" >/dev/null || leave_former
    begin_watch
  fi
  until waits; do
    check_start
    [ "$(date +%s)" -lt "$deadline" ] || give_up "has not loaded within $timeout seconds"
    sleep 0.3
  done
}

# waits: whether the new container waits for its predecessor to end
waits() {
  docker logs --since "$since" "$name" 2>&1 | grep -qF 'waiting for its predecessor to stop'
}

detach_networks() {
  docker inspect -f '{{range $network, $its := .NetworkSettings.Networks}}{{println $network}}{{end}}' -- "$name" | while read -r network_; do
    [ -z "$network_" ] || docker network disconnect -f "$network_" "$name"
  done
}

# attach_networks: attaches it to those of its networks on which it is not, all at once
attach_networks() {
  now_=$(docker inspect -f '{{range $network, $its := .NetworkSettings.Networks}}{{println $network}}{{end}}' -- "$name")
  attaching_=
  while read -r network_ aliases_; do
    if [ -z "$network_" ] || printf '%s\n' "$now_" | grep -qxF -e "$network_"; then continue; fi
    set --
    for alias_ in $aliases_; do set -- "$@" --alias "$alias_"; done
    docker network connect "$@" "$network_" "$name" &
    attaching_="$attaching_ $!"
  done <<LIST
${networks-}
LIST
  for each_ in $attaching_; do wait "$each_" || return; done
}

# release_successor: lets the new container go on. From now on it may write.
release_successor() {
  [ -z "${backups-}" ] || record_started "$image"
  rm -f -- "$secrets"/wait-*
  container_runs "$name" || docker start "$name" >/dev/null || fail "container $name is $state and does not start"
  deadline=$(($(date +%s) + timeout))
  begin_watch
}

# await_postgresql: waits up to a minute while PostgreSQL restarts; the former container serves meanwhile
await_postgresql() {
  requirements=$(printf '%s\n' "${requirements-}" | grep '^postgresql ') || return 0
  # The name is fixed, so the next run replaces a file that a killed run has left.
  problems_=$records/.take-over-$service
  ends_=$(($(date +%s) + 60))
  until requirements_hold "$problems_"; do
    [ "$(date +%s)" -lt "$ends_" ] || {
      echo "$service needs PostgreSQL:" && cat -- "$problems_"
      leave_former
    } >&2
    sleep 2
  done
  rm -f -- "$problems_"
}

# hand_over: stops the former container and lets the new one go on. If that fails in between, the former one starts again.
hand_over() {
  [ -z "${upstream-}" ] || hold_requests "${upstream%:*}" "$grace_period"
  lock_host "the replacement of $name"
  [ "$(container_id "$name")" = "$successor" ] || fail "another deploy is replacing container $name, so this one changed nothing more"
  trap '[ -z "$(container_id "${name}_former")" ] || docker start "${name}_former" >/dev/null' EXIT
  docker stop --time "$grace_period" "${name}_former" >/dev/null || ! former_runs || fail "container ${name}_former does not stop, so it still serves"
  attach_networks || leave_former
  trap - EXIT
  beside=
  release_successor
  exec 8>&-
}

# leave_former: removes the new container, so everything is as it was before, and fails. A line in the record makes the
# next plan create it again.
leave_former() {
  lock_host_if_latest
  [ "$(container_id "$name")" = "$successor" ] || fail "another deploy is replacing container $name, so this one changed nothing more"
  return_name
  container_runs "$name" || docker start "$name" >/dev/null
  trap - EXIT
  rm -f -- "$secrets"/wait-*
  [ ! -f "$records/$container_key" ] || printf 'undone=the new container did not start\n' >>"$records/$container_key"
  fail "The old container was left running, and the new one is removed."
}
