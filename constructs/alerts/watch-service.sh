# Whether the service can be used, and whether its container restarted or was killed.
#
# Expects   what alerts/check.sh expects; $now: seconds since 1970; $held: what is at work on this host, if anything is.
# Changes   nothing.
# Needs     alerts/findings.sh service-container/lib.sh swarm-service/lib.sh

# health_problem: prints what is wrong with the service now, nothing if it can be used
health_problem() {
  state_=$(timeout 8 docker inspect -f '{{.State.Status}} (exit code {{.State.ExitCode}})' -- "$container" 2>/dev/null) || state_=$(service_state "$container")
  case $state_ in
    running*) ;;
    missing)
      if timeout 8 docker version >/dev/null 2>&1; then echo "container $container does not exist"; else echo "Docker does not answer"; fi
      return
      ;;
    *" tasks running")
      echo "service $container has $state_"
      return
      ;;
    *)
      echo "container $container is $state_"
      return
      ;;
  esac
  serves "$container" "$url" 8 || {
    echo "it does not answer at $url"
    return
  }
  serves "$container" "${database_url-}" 8 || echo "it cannot use its database ($database_url)"
}

watch_health() {
  [ -z "$held" ] || exit 0
  problem_=$(lasting health_problem) || exit 0
  if [ -z "$problem_" ]; then
    figure cdktf_service_up 1
    return
  fi
  figure cdktf_service_up 0
  case $problem_ in
    "Docker "*) finding health problem "$problem_" "systemctl status docker on the host says why" ;;
    *)
      logs_="docker logs --tail 50 $container"
      [ -z "$(inspected "$container" cluster)" ] || logs_="docker service ps --no-trunc $container"
      finding health problem "$problem_" "$logs_ on the host says why; $deploy, which starts it"
      ;;
  esac
}

watch_restarts() {
  [ -z "$held" ] || exit 0
  inspected_=$(docker inspect -f '{{.Id}} {{.RestartCount}}' -- "$container" 2>/dev/null) || exit 0
  id_=${inspected_% *} count_=${inspected_#* } was_=$(state_value restarts)
  printf 'set\trestarts\t%s\n' "$inspected_"
  figure cdktf_service_restarts "$count_"
  before_=0
  [ "${was_% *}" != "$id_" ] || before_=${was_#* }
  # Without an earlier check, nobody knows when it restarted.
  if [ -n "$was_" ] && [ "$count_" -gt "$before_" ]; then
    printf 'set\trestarted_at\t%s\n' "$now"
  elif ! lately restarted_at; then
    return 0
  fi
  finding restarts problem "container $container restarted on its own, $count_ times since it was started" \
    "docker logs --tail 100 $container on the host says why"
}

watch_memory() {
  [ -z "$held" ] || exit 0
  checked_=$(state_value memory_checked)
  from_=$((${checked_:-now} - 60))
  printf 'set\tmemory_checked\t%s\n' "$now"
  # The advice needs the container.
  docker container inspect -- "$container" >/dev/null 2>&1 || exit 0
  if killed_for_memory "$container" "$(date -u -d "@$from_" +%Y-%m-%dT%H:%M:%S.000000000Z)"; then
    printf 'set\tkilled_at\t%s\n' "$now"
  elif ! lately killed_at; then
    return 0
  fi
  advice_=$(memory_advice "$container")
  finding memory problem "container $container was ${advice_%%: *}" "${advice_#*: }, and $deploy"
}
