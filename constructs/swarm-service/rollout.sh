# How the engine brings a change to the tasks of a service, and why it does not.
#
# Expects   $name; $service; $image: its reference; $secrets: the directory of its secrets, which are masked; [$backups] and
#           [$restore_command].
# Changes   nothing until a function is called.
# Prints    if it fails, why the engine or a task failed, with the task's last lines.
# Needs     swarm-service/lib.sh service-container/served.sh service-secrets/lib.sh backup/lib.sh

# watch_rollout SECONDS: begins to watch a change that was made just now. The engine replaces the tasks in batches; each may
# take that long until one more task is healthy.
watch_rollout() {
  batch=$1 watched_since=$(date +%s) healthy=0 stuck_since='' earlier=''
  # The change may have been made by a call that waits before it returns.
  since=$(date -u -d "@$((watched_since - 5))" +%Y-%m-%dT%H:%M:%SZ)
  deadline=$((watched_since + batch))
}

# give_up PROBLEM [TASK NODE]: fails with the task's last lines
give_up() {
  note_event "service $name $1" failed
  {
    [ -z "${2-}" ] || timeout 8 docker service logs --raw --tail 20 --no-trunc "$2" 2>&1 | masked "$secrets/values"
    echo "Service $name $1.${2:+ The last lines of that task, on node $(node_name "$3"), are above.}"
    newest_=$([ -z "${backups-}" ] || settled_backups | head -n 1)
    if [ -n "$newest_" ] && [ -n "$(metadata_of "$newest_" image)" ] && [ "$(served image)" != "$image" ]; then
      echo "If the new version has migrated the database, return to $(metadata_of "$newest_" image) with the backup from before: $restore_command"
    fi
  } >&2
  exit 1
}

# look: sets tasks, update and healthy, the number of changed tasks that are; fails if one that was started since the change
# has failed, or if none can be started
look() {
  tasks=$(tasks_of "$name") update=$(update_of "$name")
  case $update in updating*) earlier= ;; esac
  [ -n "$tasks" ] || exists_service "$name" || fail "service $name does not exist: was it removed by hand? Deploy again"
  look_for_failure
  ! stuck || give_up "cannot start: $reason$(remedy)"
  healthy_=$(printf '%s\n' "$tasks" | grep -c '^new [a-z]* running ') || true
  [ "$healthy_" -le "$healthy" ] || healthy=$healthy_ deadline=$(($(date +%s) + batch))
}

# look_for_failure: fails if a task that was started since the change has failed
look_for_failure() {
  failed_=$(printf '%s\n' "$tasks" | awk -v since="$since" '$1 == "new" && $6 >= since && $3 ~ /^(failed|rejected|complete)$/ { print; exit }')
  case $update in
    paused* | rollback*)
      [ -z "$earlier" ] || return 0
      [ -n "$failed_" ] || failed_=$(printf '%s\n' "$tasks" | awk -v since="$since" '$6 >= since && $3 ~ /^(failed|rejected|complete)$/ { print; exit }')
      give_up_for "$failed_" "did not get healthy with what this deploy changed, and the engine $(reaction) (${update#* })"
      ;;
  esac
  [ -z "$failed_" ] || {
    # The engine may be about to take the change back, which the operator must know.
    for _ in 1 2 3 4 5 6; do
      update=$(update_of "$name")
      case $update in paused* | rollback*) give_up_for "$failed_" "did not get healthy with what this deploy changed, and the engine $(reaction)" ;; esac
      sleep 1
    done
    give_up_for "$failed_" "has a task that failed, and the engine starts it again and again"
  }
}

# is_earlier: whether the engine has stopped, taken back, or is taking back an update that began before this deploy. That
# stays its state until the next update, and what this deploy wants may be what serves, or will when all is taken back.
is_earlier() {
  case $(update_of "$name") in paused* | rollback*) ;; *) return 1 ;; esac
  updated_=$(docker service inspect -f '{{with .UpdateStatus}}{{.StartedAt}}{{end}}' -- "$name" | sed 's/\..*//')
  [ "$(date -u -d "$updated_ UTC" +%s)" -lt "$((watched_since - 10))" ]
}

# reaction: prints what the engine does
reaction() {
  case $update in
    rollback_completed*) echo "has taken it back: the former version serves" ;;
    rollback_paused*) echo "could not take it back" ;;
    rollback*) echo "is taking it back: the former version serves" ;;
    *) echo "has stopped the update, so some tasks have the former version" ;;
  esac
}

# give_up_for TASK_LINE PROBLEM
give_up_for() {
  # shellcheck disable=SC2086 # words
  set -- "$2" $1
  [ $# -gt 1 ] || give_up "$1"
  problem_=$1 task_=$5 node_=$6 code_=$8
  shift 8
  give_up "$problem_: ${*:-exit code $code_}$(killed "$code_" "$*")" "$task_" "$node_"
}

# killed CODE ERROR: prints what a task was probably killed for, and what to do. Only its node knows more.
killed() {
  case "$1 $2" in *unhealthy*) return ;; "137 "*) ;; *) return ;; esac
  limit_=$(docker service inspect -f '{{with .Spec.TaskTemplate.Resources}}{{with .Limits}}{{.MemoryBytes}}{{end}}{{end}}' -- "$name" 2>/dev/null)
  printf ', so it was killed, as the kernel does at the memory limit%s: raise memory in the environment file' "${limit_:+ ($((limit_ / 1048576))M)}"
}

# stuck: sets reason to why no node takes a task, or cannot prepare it; whether that has been so for 5 s
stuck() {
  reason=$(printf '%s\n' "$tasks" | awk '$1 == "new" && $2 != "shutdown" && $3 ~ /^(new|pending|preparing|assigned|accepted|ready)$/ && NF > 7 { $1 = $2 = $3 = $4 = $5 = $6 = $7 = ""; sub(/^ +/, ""); print; exit }')
  if [ -z "$reason" ]; then stuck_since=; else stuck_since=${stuck_since:-$(date +%s)}; fi
  [ -n "$stuck_since" ] && [ "$(($(date +%s) - stuck_since))" -ge 5 ]
}

# remedy: prints what an operator can do about the reason why no node takes a task
remedy() {
  case $reason in
    *"scheduling constraints"*)
      printf '. No node that takes tasks meets swarm.constraints of the environment file (%s): correct them, or give a node that label (docker node update --label-add NAME=VALUE NODE), and deploy again' "$(docker service inspect -f '{{with .Spec.TaskTemplate.Placement}}{{join .Constraints ", "}}{{end}}' -- "$name" 2>/dev/null)"
      ;;
    *"insufficient resources"*)
      printf '. No node has as much memory left as memoryReservation of the environment file says: lower it or swarm.replicas, or add a node, and deploy again'
      ;;
  esac
}

# converged REPLICAS: whether exactly that many tasks run as the service is to be, and nothing else does. The cluster shows
# the tasks of a lost node as they were last, for a day.
converged() {
  case $update in updating* | rollback_started*) return 1 ;; esac
  printf '%s\n' "$tasks" | awk -v wanted="$1" -v lost=" $(lost_nodes) " '
    $2 != "running" && index(lost, " " $5 " ") { next }
    $3 == "running" && $1 == "new" { new++ }
    $3 ~ /^(running|starting)$/ && ($1 == "old" || $2 == "shutdown") { old++ }
    END { exit ! (new + 0 == wanted && ! old) }'
}
