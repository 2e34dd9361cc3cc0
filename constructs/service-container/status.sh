# The status of a service's container. See remote-host/status.sh.
#
# Expects   $environment.
# Changes   nothing.
# Needs     remote-host/status.sh service-container/drift.sh service-container/requirements.sh

# status_container NAME: it runs, and is the one that the last deploy created
status_container() {
  find_drift drift_state service name "$1"
  [ -n "$wrong" ] || [ "$(state_of "$1")" = running ] || wrong="container $(state_of "$1")"
  [ -z "$wrong" ] || return 0
  find_drift drift_identity container name "$1"
  fact="running for $(time_since "$(date -d "$(inspected "$1" started)" +%s)")"
}

drift_identity() {
  drift_shape '^(id|mount|restart policy) '
}

# status_absent NAME: the service is disabled, so its container does not exist
status_absent() {
  [ "$(state_of "$1")" = missing ] || wrong="container $1 is $(state_of "$1"), and subdomain is empty in the environment file"
  fact="disabled: subdomain is empty in the environment file"
}

# status_image NAME SERVICE IMAGE RELEASE: the container runs the image of the environment file, and that is not older
# than the one that has served; RELEASE is as in require_no_downgrade. Docker knows the image by its id only.
status_image() {
  id_=$(inspected "$1" runs) || {
    unknown="container missing"
    return 0
  }
  id_=${id_%% *} service=$2
  if [ "$(served id)" != "$id_" ]; then
    wrong="the container has image $id_, which has not served; the last one that has is $(served image)"
  elif [ "$(served image)" != "$3" ]; then
    wrong="$(served image) serves, and the environment file says $3"
    meets no_downgrade "$2" "$4" "$3" "npx nocodb-host backup restore $environment" || true
  fi
  digest_=$(docker image inspect -f '{{range .RepoDigests}}{{println .}}{{end}}' -- "$id_" 2>/dev/null | sed -n 's/.*@//p' | head -n 1) || digest_=
  fact="$(served image), ${digest_:-no digest because it was built on the host}, id $id_"
}

# status_memory NAME MIB: limits, and the memory in use
status_memory() {
  is_running "$1" || return 0
  find_drift drift_limits container name "$1"
  # shellcheck disable=SC2046 # three numbers
  set -- "$1" "$2" $(docker inspect -f '{{with .HostConfig}}{{.Memory}} {{.MemoryReservation}} {{.NanoCpus}}{{end}}' -- "$1")
  [ -n "$wrong" ] || [ "$(($3 / 1048576))" -eq "$2" ] || wrong="the limit is $(($3 / 1048576))M, and the environment file says $2M"
  used_=$(timeout 15 docker stats --no-stream --format '{{.MemUsage}}' -- "$1") || used_=
  [ -n "$used_" ] || unknown="docker stats does not answer"
  fact="${used_%% /*} in use of $(($3 / 1048576))M, reservation $(($4 / 1048576))M, cpus $(awk -v cpus="$5" 'BEGIN { print cpus / 1000000000 }')"
}

drift_limits() {
  drift_shape '^(memory|cpus|cpu|pids|block) '
}

# status_restarts NAME: Docker has not started it again since the last deploy
status_restarts() {
  is_running "$1" || return 0
  find_drift drift_restarts service name "$1"
  fix="npx nocodb-host logs $environment shows why; npx cdktf deploy $environment restarts it"
  fact="none on its own since the last deploy"
}

# status_health NAME SERVER: the service answers and can use its database
status_health() {
  is_running "$1" || return 0
  if [ -z "$(records_of service name "$1")" ]; then
    wrong="not on record: no deploy has ended"
    return 0
  fi
  find_drift drift_answers service name "$1"
  if [ "$wrong" = "service cannot use its database" ] && ! is_elsewhere "$2" && [ "$(state_of "$2")" != running ]; then
    unknown="it answers, but its database cannot be used while container $2 is $(state_of "$2")" wrong=
  fi
  health_=$(docker inspect -f '{{with .State.Health}}{{.Status}}{{end}}' -- "$1")
  fact="answers, and uses its database; Docker says ${health_:-nothing}"
}
