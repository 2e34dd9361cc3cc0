# Waits until all tasks of a service of a cluster run as the service is now, and answer 200.
#
# Expects   $name; $url: health URL as its neighbours reach it; $secrets: the directory of its secrets, which are masked;
#           $service; $image: its reference; $release and $version: of that image, see served.sh; $timeout: seconds;
#           [$backups] and [$restore_command]; [$database_url]: answers 200 only while the service can use its database;
#           $key, $status: of the record to write; $label: of the app's services.
# Changes   removes secrets of the cluster that the service does not use any more. May run twice.
# Prints    how long it took; or, within 10 s of a failure, why the engine or a task failed, with the task's last lines.
# Fails     PostgreSQL is not found under its name: found
#           an older version meets a newer database: no_downgrade
#           users would be renamed or tables are locked: super_admin
#           no node has room for a task: - the engine decides; its words are printed
#           pg_hba.conf does not let the role in: - PostgreSQL decides when NocoDB connects
# Needs     swarm-service/lib.sh service-container/latest-wait.sh service-container/served.sh service-secrets/lib.sh backup/lib.sh

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

# look: sets tasks and update, and fails if a task that was started since this script began has failed
look() {
  tasks=$(tasks_of "$name") update=$(update_of "$name")
  case $update in updating*) earlier= ;; esac
  [ -n "$tasks" ] || exists_service "$name" || fail "service $name does not exist: was it removed by hand? Deploy again"
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
  [ "$(date -u -d "$updated_ UTC" +%s)" -lt "$((begun - 10))" ]
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
  give_up "$problem_: ${*:-exit code $code_}" "$task_" "$node_"
}

# stuck: sets reason to why no node takes a task, or cannot prepare it; whether that has been so for 5 s
stuck() {
  reason=$(printf '%s\n' "$tasks" | awk '$1 == "new" && $2 != "shutdown" && $3 ~ /^(new|pending|preparing|assigned|accepted|ready)$/ && NF > 7 { $1 = $2 = $3 = $4 = $5 = $6 = $7 = ""; sub(/^ +/, ""); print; exit }')
  if [ -z "$reason" ]; then stuck_since=; else stuck_since=${stuck_since:-$(date +%s)}; fi
  [ -n "$stuck_since" ] && [ "$(($(date +%s) - stuck_since))" -ge 5 ]
}

# converged: whether exactly the wanted tasks run, and nothing else does. The cluster shows the tasks of a lost node as
# they were last, for a day.
converged() {
  case $update in updating* | rollback_started*) return 1 ;; esac
  printf '%s\n' "$tasks" | awk -v wanted="$replicas" -v lost=" $(lost_nodes) " '
    $2 != "running" && index(lost, " " $5 " ") { next }
    $3 == "running" && $1 == "new" { new++ }
    $3 ~ /^(running|starting)$/ && ($1 == "old" || $2 == "shutdown") { old++ }
    END { exit ! (new + 0 == wanted && ! old) }'
}

# all_answer URL: whether each task answers 200 at its own address on one of the networks
all_answer() {
  read_engine
  answering=0
  for address_ in $(inspected "$name" address | grep -v :); do
    status_=$(where_reached "$name" curl -q --noproxy '*' -s -m 8 --connect-timeout 2 --connect-to "::$address_:" -o /dev/null -w '%{http_code}' -- "$1") || true
    [ "$status_" != 200 ] || answering=$((answering + 1))
  done
  [ "$answering" -ge "$replicas" ]
}

# remove_old_secrets: those that neither the service nor a rollback to its former version would use
remove_old_secrets() {
  used_=$(docker service inspect -f '{{range .Spec.TaskTemplate.ContainerSpec.Secrets}}{{println .SecretID}}{{end}}{{with .PreviousSpec}}{{range .TaskTemplate.ContainerSpec.Secrets}}{{println .SecretID}}{{end}}{{end}}' -- "$name")
  docker secret ls -q --filter "label=cdktf.service=$name" | grep -vxF -e "$used_" | xargs -r docker secret rm >/dev/null 2>&1 || true
}

main() {
  begun=$(date +%s)
  # Tasks of this deploy are created after the provider's call, which has just returned.
  since=$(date -u -d "@$((begun - 5))" +%Y-%m-%dT%H:%M:%SZ)
  deadline=$((begun + timeout)) stuck_since=
  register_wait
  replicas=$(replicas_of "$name")
  [ -n "$replicas" ] || fail "service $name does not exist: was it removed by hand? Deploy again"
  earlier=
  ! is_earlier || earlier=yes
  look
  until converged; do
    ! stuck || give_up "cannot start: $reason"
    [ "$(date +%s)" -lt "$deadline" ] || give_up "has $(printf '%s\n' "$tasks" | grep -c '^new [a-z]* running ') of $replicas tasks after $timeout seconds${update:+ (${update#* })}"
    sleep 1
    look
  done
  until all_answer "$url" && { [ -z "${database_url-}" ] || all_answer "$database_url"; }; do
    [ "$(date +%s)" -lt "$deadline" ] || give_up "runs, and $answering of $replicas tasks answer at $url and can use the database"
    sleep 1
    look
  done
  lock_host_if_latest
  purpose_="service $name"
  printf 'kind=cluster_service\nname=%s\nurl=%s\ndatabase_url=%s\nsecrets=%s\n' "$name" "$url" "${database_url-}" "$secrets" | write_record "$key" "$status"
  former_=$(served image)
  [ "$former_" = "$image" ] || note_event "image ${former_:+$former_ to }$image"
  record_served "$image" "$(docker image inspect -f '{{.Id}}' -- "$image" 2>/dev/null || echo unknown)" "$release" "$version"
  remove_old_secrets
  echo "$name answers at $url on $replicas of $replicas tasks after $(($(date +%s) - begun)) s"
}

main </dev/null
