# The status of a service in a cluster. See remote-host/status.sh.
#
# Changes   nothing.
# Needs     remote-host/status.sh swarm-service/drift.sh service-container/served.sh

# status_service NAME REPLICAS: as many tasks run as the environment file says, on these nodes
status_service() {
  have_=$(replicas_of "$1")
  if [ -z "$have_" ]; then
    wrong="service missing"
    return 0
  fi
  [ "$have_" = "$2" ] || wrong="$have_ replicas, and the environment file says $2"
  [ -n "$wrong" ] || find_drift drift_tasks cluster_service name "$1"
  update_=$(update_of "$1")
  case $update_ in paused* | rollback*) wrong=${wrong:-the last update: $update_} ;; esac
  fact="$(running_tasks "$1") of $have_ tasks run: $(nodes_of_tasks "$1")"
}

# status_service_image NAME SERVICE IMAGE
status_service_image() {
  service=$2
  spec_=$(inspected "$1" image) || {
    unknown="service missing"
    return 0
  }
  [ "$(served image)" = "$3" ] || wrong="$(served image) served last, and the environment file says $3"
  fact="$spec_"
}

# status_service_memory NAME MIB: the limit of each task. What they use is known on their nodes.
status_service_memory() {
  limits_=$(docker service inspect -f '{{with .Spec.TaskTemplate.Resources}}{{with .Limits}}{{.MemoryBytes}} {{.NanoCPUs}}{{end}} {{with .Reservations}}{{.MemoryBytes}}{{end}}{{end}}' -- "$1" 2>/dev/null) || {
    unknown="service missing"
    return 0
  }
  # shellcheck disable=SC2086 # three numbers
  set -- "$2" $limits_
  [ "$(($2 / 1048576))" -eq "$1" ] || wrong="the limit is $(($2 / 1048576))M, and the environment file says $1M"
  fact="limit $(($2 / 1048576))M, reservation $((${4:-0} / 1048576))M, cpus $(awk -v cpus="$3" 'BEGIN { print cpus / 1000000000 }') for each task"
}

# status_service_health NAME: the tasks answer and can use the database
status_service_health() {
  if [ -z "$(records_of cluster_service name "$1")" ]; then
    wrong="not on record: no deploy has ended"
    return 0
  fi
  find_drift drift_cluster_answers cluster_service name "$1"
  fact="answers, and uses its database"
}

# status_service_networks NAME ALIAS NETWORK...: the service is on each of them, under its name
status_service_networks() {
  name_=$1 alias_=$2
  shift 2
  for network_ in "$@"; do meets network "$network_" || return 0; done
  for network_ in "$@"; do
    case $(networks_of "$name_") in *" $network_ "*) ;; *) wrong=${wrong:-not on network $network_, which the environment file names} ;; esac
  done
  fact="$(printf '%s' "$*" | sed 's/ /, /g') as $alias_"
}
