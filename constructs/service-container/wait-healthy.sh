# Starts the container and waits until the service answers 200 at its health URL. If another container serves, the new
# one takes over from it.
#
# Expects   $name: container; $url: health URL as other containers reach it; $secrets: the directory of the service's
#           secrets, which are masked; $service; $image: its reference; $release and $version: of that image, see
#           served.sh; $timeout: seconds; $grace_period: seconds; [$backups] and [$restore_command]; [$database_url]:
#           answers 200 only while the service can use its database; $key, $status, $container_key, $container_status:
#           the records to write; [$label]: of the app's containers; [$networks]: a line NETWORK ALIAS… for each of the
#           container's; [$caddy], [$upstream]: the container that sends it requests, and as what; [$requirements].
# Changes   removes the former container when the new one answers. Starts the container if it was only created, and
#           restarts the container once if it is stopped, hangs, has crashed, has lost its database or has old secrets,
#           because the cause may be fixed by now. May run twice.
# Prints    how long it took; or the container's last lines as soon as it exits, restarts on its own, or the kernel
#           kills a process in it for memory; then a former container keeps serving if the new one has not taken over.
# Fails     PostgreSQL is not found under its name: found
#           another container has its name on a network: free_alias
#           an older version meets a newer database: no_downgrade
#           users would be renamed or tables are locked: super_admin
#           pg_hba.conf does not let the role in: - PostgreSQL decides when NocoDB connects; the message names the line to add
# Needs     service-container/take-over.sh service-container/latest-wait.sh service-secrets/lib.sh backup/lib.sh

# request URL: sets answer (see ask_service) within 10 s: a service that is busy with all the requests that waited for it
# answers late. While it starts, it refuses connections; then only each third request goes the slower way as well.
request() {
  [ "$way" = inside ] || ask_service "$name" "$1" "$(seconds_left)"
  if [ "$way" = inside ] || { [ "$answer" = unreachable ] && [ "$((asked % 3))" -eq 0 ]; }; then
    ask_inside "$name" "$1" "$(seconds_left)"
    [ "$answer" = none ] || way=inside
  fi
  asked=$((asked + 1))
}
asked=0 way=

# answers URL: whether it answers 200; sets answer
answers() {
  request "$1"
  [ "$answer" = 200 ]
}

# uses_database: false if the service says that it cannot use its database. If it does not answer, wait: a restart would
# interrupt the requests that it is busy with.
uses_database() {
  [ -n "${database_url-}" ] || return 0
  until answers "$database_url"; do
    [ "$answer" = none ] || [ "$answer" = unreachable ] || return 1
    [ "$(date +%s)" -lt "$deadline" ] || give_up "answers at $url, but has not answered at $database_url for $timeout seconds"
    sleep 0.3
    wait_for_answer
  done
}

# hangs: whether it does not answer now, although it has answered since it was started
hangs() {
  if [ "$(started_at)" != "$(sed -n 's/^since=//p' "$records/$key" 2>/dev/null)" ]; then
    # The record may be lost. An unhealthy container may never have answered, because it is still migrating.
    [ "$(docker inspect -f '{{with .State.Health}}{{.Status}}{{end}}' "$name" 2>/dev/null)" = healthy ] || return 1
  fi
  ! answers "$url" && [ "$answer" = none ] && ! answers "$url"
}

started_at() {
  docker inspect -f '{{.State.StartedAt}}' "$name" 2>/dev/null || echo never
}

# seconds_left: prints the timeout for one more request, 1 to 10
seconds_left() {
  left_=$((deadline - $(date +%s)))
  [ "$left_" -lt 10 ] || left_=10
  [ "$left_" -gt 0 ] || left_=1
  printf '%s' "$left_"
}

# restart STATE: restarts the container; STATE goes into the error message
restart() {
  docker restart --time "$grace_period" "$name" >/dev/null || fail "container $name is $1 and does not start"
  begin_watch
}

# begin_watch: sets state, and restarts and since, by which another restart or a kill is noticed
begin_watch() {
  # shellcheck disable=SC2046 # three words
  set -- $(container_state)
  state=$1 restarts=$2 since=$(started_at)
}

container_state() {
  docker inspect -f '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}' "$name" 2>/dev/null || echo missing 0 0
}

# exit_code SHOWN: prints the code of its last exit. `docker inspect` shows 0 while it runs again.
exit_code() {
  died_=$(docker events --since "$started" --until "$(($(date +%s) + 1))" -f "container=$name" -f event=die \
    --format '{{.Actor.Attributes.exitCode}}' | tail -n 1)
  printf '%s' "${died_:-$1}"
}

# give_up PROBLEM: fails with the container's last lines and a hint
give_up() {
  note_event "container $name $1" failed
  {
    container_log "$name" "$secrets/values"
    echo "Container $name $1. Its last lines are above."
    hint
  } >&2
  [ -z "$beside" ] || leave_former
  exit 1
}

hint() {
  log_=$(docker logs --tail 50 "$name" 2>&1)
  case $log_ in
    *"password authentication failed"*) echo "PostgreSQL refuses the password in $secrets/values. Deploy again: the plan names a role whose password was changed, and sets it back." ;;
    *pg_hba.conf*) echo "PostgreSQL's pg_hba.conf does not let it in: add a line for its role, its database and the networks it comes from." ;;
    *ECONNREFUSED* | *ENOTFOUND* | *EAI_AGAIN*) echo "The service could not reach its database: is PostgreSQL up, and are both on the same network?" ;;
    *"must be owner"* | *"permission denied for"*) echo "Tables in the database belong to another role, as after a restore by someone else: make the service's role their owner (REASSIGN OWNED, or ALTER TABLE … OWNER TO)." ;;
    *"heap out of memory"*) echo "Its heap was too small: raise memory in the environment file, or NODE_OPTIONS." ;;
  esac
  [ -z "$beside" ] || return 0
  newest=$([ -z "${backups-}" ] || settled_backups | head -n 1)
  if [ -n "$newest" ] && [ -n "$(metadata_of "$newest" image)" ] && [ "$(served image)" != "$image" ]; then
    echo "To return to $(metadata_of "$newest" image), with the backup from before: $restore_command"
  fi
}

wait_for_answer() {
  asked=0
  while ! answers "$url"; do
    [ "$answer" = unreachable ] || check_start
    [ "$(date +%s)" -lt "$deadline" ] || give_up "has not answered at $url for $timeout seconds"
    sleep 0.2
  done
}

# check_start: gives up if the container cannot answer any more
check_start() {
  # shellcheck disable=SC2046 # three words
  set -- $(container_state)
  if [ "$1" = missing ] && ! docker version >/dev/null 2>&1; then
    fail "Docker on the host stopped answering while $name was starting: was the engine restarted? Start it and deploy again."
  fi
  # A shell in the container may survive the service that it has started.
  ! killed_for_memory "$name" "$since" || give_up "was $(memory_advice "$name")"
  if [ "$1" != running ] || [ "$2" -gt "$restarts" ]; then
    ended_="exit code $(exit_code "$3")"
    case $1 in
      running | restarting) give_up "crashes again and again ($ended_, restarted $2 times) instead of answering at $url" ;;
      exited) give_up "has exited ($ended_) instead of answering at $url" ;;
      *) give_up "is $1 ($ended_) instead of answering at $url" ;;
    esac
  fi
}

main() {
  started=$(date +%s)
  begun=$started
  register_wait
  deadline=$((started + timeout))
  begin_watch
  take_over
  if { [ "$state" != running ] || [ "$restarts" -gt 0 ]; } && ! answers "$url"; then
    restart "$state"
  elif hangs; then
    restart hanging
  elif has_old_secrets "$name"; then
    restart "$state"
  fi
  wait_for_answer
  if ! uses_database; then
    restart "without its database"
    wait_for_answer
    uses_database || give_up "answers at $url, but not at $database_url: it cannot use its database"
  fi

  [ -z "${upstream-}" ] || release_requests "${upstream%:*}"
  lock_host_if_latest
  discard "${name}_former"
  purpose_="container $name"
  inspections=$(docker inspect -f "$ABOUT_CONTAINER" -- "$name")
  { echo kind=container && echo "name=$name" && container_shape "$name" | sed 's/^/shape=/' && container_limits "$name" | sed 's/^/limit=/'; } | write_record "$container_key" "$container_status"
  printf 'kind=service\nname=%s\nrestarts=%s\nsince=%s\nurl=%s\ndatabase_url=%s\nsecrets=%s\n' \
    "$name" "$(inspected "$name" restarts)" "$(inspected "$name" started)" "$url" "${database_url-}" "$secrets" | write_record "$key" "$status"
  former_=$(served image)
  [ "$former_" = "$image" ] || note_event "image ${former_:+$former_ to }$image"
  runs_=$(inspected "$name" runs)
  record_served "$image" "${runs_%% *}" "$release" "$version"
  echo "$name answers at $url after $(($(date +%s) - started)) s"
}

main </dev/null
