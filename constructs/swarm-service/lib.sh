# A service of a Docker Swarm, and its tasks. This host is one of the managers.
#
# Changes   nothing until a function is called.
# Needs     remote-host/engine.sh remote-host/record.sh service-container/lib.sh

# exists_service NAME: whether the cluster has a service of that name
exists_service() {
  docker service inspect -f ok -- "$1" >/dev/null 2>&1
}

# service_id NAME: prints its id, nothing if it does not exist
service_id() {
  docker service inspect -f '{{.ID}}' -- "$1" 2>/dev/null || true
}

# service_labels NAME: prints a line NAME=VALUE for each of its labels; fails if it does not exist
service_labels() {
  # shellcheck disable=SC2016 # variables of the template
  timeout 8 docker service inspect -f '{{range $name, $value := .Spec.Labels}}{{$name}}={{$value}}
{{end}}' -- "$1" 2>/dev/null
}

# owns_service NAME LABEL: whether the cluster has a service of that name with the label, so one that this app created
owns_service() {
  labels_=$(service_labels "$1") || return 1
  printf '%s\n' "$labels_" | grep -qxF -e "$2"
}

# replicas_of NAME: prints how many tasks it is to have, nothing if it does not exist
replicas_of() {
  docker service inspect -f '{{with .Spec.Mode.Replicated}}{{.Replicas}}{{end}}' -- "$1" 2>/dev/null || true
}

# update_of NAME: prints the state of its last update, such as `updating` or `rollback_completed`, and the engine's message;
# nothing if it was never updated
update_of() {
  docker service inspect -f '{{with .UpdateStatus}}{{.State}} {{.Message}}{{end}}' -- "$1" 2>/dev/null || true
}

# tasks_of NAME: prints a line for each task, the newest first: `new` if it has the properties that the service has now, or
# `old`; the state that it is to have and the one that it has; its id, its node, when it was created, its exit code or -, and
# the engine's error message.
tasks_of() {
  {
    docker service inspect -f '{{json .Spec.TaskTemplate}}' -- "$1" 2>/dev/null || echo
    docker service ps -q --no-trunc -- "$1" 2>/dev/null | xargs -r docker inspect --type task -f '{{json .Spec}}
{{.DesiredState}} {{.Status.State}} {{.ID}} {{or .NodeID "-"}} {{.CreatedAt}}|{{with .Status.ContainerStatus}}{{.ExitCode}}{{else}}-{{end}}|{{join (split .Status.Err "\n") " "}}' 2>/dev/null
  } | awk '
    # A task does not repeat what it is run by.
    NR == 1 || NR % 2 == 0 { sub(/,"Runtime":"container"/, "") }
    NR == 1 { wanted = $0; next }
    NR % 2 == 0 { age = $0 == wanted ? "new" : "old"; next }
    {
      split($0, part, "|")
      split(part[1], word, " ")
      # The zone is written twice.
      created = word[5] "T" word[6] "Z"
      error = substr($0, length(part[1]) + length(part[2]) + 3)
      print age, word[1], word[2], word[3], word[4], created, part[2], error
    }' | sort -s -r -k 6,6
}

# running_tasks NAME: prints how many of its tasks run
running_tasks() {
  docker service ps -q --no-trunc --filter desired-state=running -- "$1" 2>/dev/null |
    xargs -r docker inspect --type task -f '{{.Status.State}}' 2>/dev/null | grep -cx running || true
}

# tasks_left NAME: prints the node of each task that may run or start, also of a service that was removed. Those of a node
# that the cluster has lost do not count: nobody can end them, and the node ends them when it is back.
tasks_left() {
  nodes_=$(docker node ls --format '{{.ID}} {{.Status}}' 2>/dev/null | awk '$2 != "Down" { print $1 }')
  [ -n "$nodes_" ] || return 0
  # shellcheck disable=SC2086 # ids
  tasks_on_nodes "$1" $nodes_ |
    xargs -r docker inspect --type task -f '{{.Status.State}} {{or .NodeID "-"}}' 2>/dev/null |
    awk '$1 ~ /^(assigned|accepted|preparing|ready|starting|running)$/ { print $2 }'
}

# await_tasks NAME COUNT: waits until no more of them are left, up to a minute; fails with the last nodes in $left_
await_tasks() {
  for _ in $(seq 120); do
    left_=$(tasks_left "$1")
    [ "$(printf '%s' "$left_" | grep -c .)" -gt "$2" ] || return 0
    sleep 0.5
  done
  return 1
}

# scale_service NAME REPLICAS: changes the number of its tasks, and waits up to a minute for those that end
scale_service() {
  docker service scale --detach "$1=$2" >/dev/null
  await_tasks "$1" "$2"
}

# await_removed NAME: waits until the tasks of a service that was removed have ended on all nodes; fails the program if they
# do not within a minute. The docker provider waits for those on this host only. A service of others may have the name.
await_removed() {
  ! exists_service "$1" || return 0
  await_tasks "$1" 0 ||
    fail "tasks of service $1, which was removed, still run on $(for each_ in $left_; do node_name "$each_"; done | sort -u | paste -s -d ' ' -): docker node ps NODE on the host shows them. Stop their containers there, or remove a node that is gone (docker node rm --force NODE), and try again"
}

# nodes_of_tasks NAME: prints the host names of the nodes on which its tasks run, each with the number of tasks if that is not
# one: `node1 (2), node2`
nodes_of_tasks() {
  {
    docker node ls --format '{{.ID}} {{.Hostname}}' 2>/dev/null
    docker service ps -q --no-trunc --filter desired-state=running -- "$1" 2>/dev/null |
      xargs -r docker inspect --type task -f 'task {{.Status.State}} {{.NodeID}}' 2>/dev/null || true
  } | awk '
    $1 != "task" { called[$1] = $2; next }
    $2 == "running" { print ($3 in called ? called[$3] : $3) }' | sort | uniq -c |
    awk '{ printf "%s%s%s", (NR > 1 ? ", " : ""), $2, ($1 > 1 ? " (" $1 ")" : "") }'
}

# node_name ID: prints its host name
node_name() {
  docker node inspect -f '{{.Description.Hostname}}' -- "$1" 2>/dev/null || printf '%s' "$1"
}

# lost_nodes: prints the ids of the nodes that the cluster has lost, with blanks between
lost_nodes() {
  docker node ls --format '{{.ID}} {{.Status}}' 2>/dev/null | awk '$2 == "Down" { print $1 }' | paste -s -d ' ' -
}

# service_state NAME: prints running if all its tasks run, how many do, or missing
service_state() {
  its_=$(replicas_of "$1") run_=$(running_tasks "$1")
  if [ -z "$its_" ]; then
    printf missing
  elif [ "$run_" -ge "$its_" ]; then
    printf running
  else
    printf '%s of %s tasks running' "$run_" "$its_"
  fi
}

# forget_service NAME: removes what the cluster and the records keep of a service that is gone. The script must hold the
# lock.
forget_service() {
  for kind_ in secret config; do
    docker "$kind_" ls -q --filter "label=cdktf.service=$1" 2>/dev/null | xargs -r docker "$kind_" rm >/dev/null 2>&1 || true
  done
  remove_records cluster_service name "$1"
  remove_records cluster_files service "$1"
  remove_records cluster_name name "$1"
}
