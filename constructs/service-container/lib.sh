# Properties of a container, and the answers of the service in it.
#
# Changes   nothing.
# Needs     remote-host/engine.sh remote-host/env-file.sh

# ask_service CONTAINER URL SECONDS: sets answer to 200, to refusal for another status, to none if it accepts the connection
# and does not answer within that time, or to unreachable if this host does not get a connection
ask_service() {
  answer=unreachable
  for address_ in $(inspected "$1" address | grep -v :); do
    # The status, and the time until the connection was there.
    status_=$(where_reached "$1" curl -q --noproxy '*' -s -m "$3" --connect-timeout 2 --connect-to "::$address_:" -o /dev/null -w '%{http_code} %{time_connect}' -- "$2") || true
    case $status_ in
      '' | *" 0.000000" | *" 0,000000") continue ;;
      000*) answer=none ;;
      200*) answer=200 ;;
      *) answer=refusal ;;
    esac
    return 0
  done
}

# ask_inside CONTAINER URL SECONDS: the same with wget in the container, which a firewall of this host does not keep off.
# It takes ten times as long to start. The tasks of a cluster's service are on other machines.
ask_inside() {
  [ -z "$(inspected "$1" cluster)" ] || {
    answer=none
    return 0
  }
  if inside_=$(docker exec "$1" wget -q -t 1 -T "$3" -O /dev/null "$2" 2>&1); then
    answer=200
  elif [ $? -eq 8 ] || printf '%s' "$inside_" | grep -q 'HTTP/'; then
    answer=refusal
  else
    answer=none
  fi
}

# serves CONTAINER URL SECONDS: whether it answers 200 within that time; true without a URL. A busy service answers late.
serves() {
  [ -n "$2" ] || return 0
  ask_service "$1" "$2" "$3"
  [ "$answer" != unreachable ] || ask_inside "$1" "$2" "$3"
  [ "$answer" = 200 ]
}

# container_shape NAME: prints one line for each property that the docker provider does not read back (networks,
# aliases, limits that the app does not set) or for which it would replace the container without the checks before it (cpus); the
# directories of its mounts; and the id. Variables and labels cannot change while it is the same container.
container_shape() {
  shape_=$(inspected "$1" shape) || return
  printf '%s\n' "$shape_" | while read -r what rest; do
    # If a directory is replaced on the host, the container keeps the old one.
    [ "$what" = mount ] && rest="${rest%% *} of inode $(stat -c %i -- "${rest#* }" 2>/dev/null)"
    printf '%s %s\n' "$what" "$rest"
  done | awk '
    $1 == "id" { id = $2 }
    $1 == "cpus" && NF == 2 { $2 = $2 / 1000000000 }
    { sub(" " id, "", $0); if ($1 == "id") $0 = "id " id; print }' | sort
}

# container_limits NAME: prints one line for each property that the docker provider reads back and corrects. A plan
# shows them as attributes; drift detection without Terraform needs these lines.
container_limits() {
  limits_=$(inspected "$1" limit) || return
  printf '%s\n' "$limits_" | awk '
    $1 == "memory" && $NF > 0 { $NF = $NF / 1048576 "M" }
    { sub(/, 0 times$/, ""); print }'
}

# container_log NAME SECRETS: prints the last log lines of the container, or of all tasks of the service, with the secrets
# in that file masked. What a lost node has of them is missing, and the engine's complaint about that says nothing of the
# service.
container_log() {
  if [ -z "$(inspected "$1" cluster)" ]; then
    docker logs --tail 20 "$1" 2>&1
  else
    timeout 10 docker service logs --tail 20 --no-trunc "$1" 2>&1 | sed '/^\(error from daemon in stream: \)*Error grabbing logs: /d'
  fi | masked "$2"
}

# killed_for_memory NAME SINCE: whether the kernel has killed a process in the container for memory, after SINCE as
# Docker writes times. No source is enough alone: Docker resets the flag (Engine 23 and later at the next start, older
# ones at the next exit), keeps only the last 256 events of the host, and the kernel's log may be closed to us.
killed_for_memory() {
  state_=$(docker inspect -f "{{and .State.OOMKilled (gt .State.FinishedAt \"$2\")}} {{.Id}}" -- "$1" 2>/dev/null) || return 1
  id_=${state_#* }
  [ "${state_% *}" != true ] || return 0
  [ -z "$(docker events --since "$2" --until "$(date +%s)" -f container="$id_" -f event=oom 2>/dev/null)" ] || return 0
  # Whole seconds may be off by one.
  after_=$(($(date -d "$2" +%s) - $(date +%s) + $(cut -d . -f 1 /proc/uptime) - 1))
  dmesg 2>/dev/null | kernel_killed "$id_" "$after_"
}

# kernel_killed ID SECONDS < kernel log: whether the kernel has killed a process of the container for its limit, that
# many seconds after boot or later. The first form is that of Linux 5.0 and later.
kernel_killed() {
  id=$1 after=$2 awk '
    index($0, ENVIRON["id"]) && (/oom_memcg=/ || /killed as a result of limit of/) {
      sub(/^[^[]*\[ */, "")
      if ($0 + 0 >= ENVIRON["after"] + 0) found = 1
    }
    END { exit ! found }'
}

# memory_advice NAME: prints the limit at which it was killed, and what to do
memory_advice() {
  echo "killed for memory at $(($(docker inspect -f '{{.HostConfig.Memory}}' -- "$1") / 1048576)) MiB: raise memory in the environment file"
}
