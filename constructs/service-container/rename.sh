# A container gets another name while it serves.
#
# Expects   $name: of the service's container; $grace_period: in seconds; $records: the directory that holds the records.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh

# rename_container FROM TO: renames it. A container that runs on overlay networks of a cluster leaves them and joins them
# again, in about a second: the engine cannot rename it there (moby/moby#42351), and takes its names from all other nodes
# if it is told to. It gets its addresses again, so its connections go on. What has begun ends, whatever comes of the
# connection to this host.
rename_container() (
  trap '' HUP INT PIPE TERM
  container_=$(docker container inspect -f '{{.Id}}' -- "$1")
  left_=$(kept_networks "$container_")
  [ -f "$left_" ] || [ "$(docker container inspect -f '{{.State.Running}}' -- "$1")" != true ] || leave_overlays "$container_"
  problem_=
  rename_now "$1" "$2" || problem_="container $1 cannot be renamed to $2: $output"
  join_overlays "$container_"
  [ -z "$problem_" ] || fail "$problem_"
)

# rename_now FROM TO: stops the container first if it crashes again and again. The engine counts such a container as
# running, and cannot rename it between two starts, when it has no network sandbox.
rename_now() {
  output=$(docker rename "$1" "$2" 2>&1) && return
  [ "$(docker container inspect -f '{{.State.Restarting}}' -- "$1")" = true ] || case $output in
    *sandbox*"not found"*) ;;
    *) return 1 ;;
  esac
  docker stop --time "$grace_period" "$1" >/dev/null
  output=$(docker rename "$1" "$2" 2>&1)
}

# kept_networks ID: prints the path of the file with the networks that the container has left: a line NETWORK ADDRESS
# ALIAS… for each. It remains if this host loses its power meanwhile.
kept_networks() {
  printf '%s/.networks-%s' "$records" "$1"
}

# overlays_of ID: prints these lines
overlays_of() {
  docker container inspect -f '{{range $name, $its := .NetworkSettings.Networks}}{{$its.NetworkID}} {{or $its.IPAddress "-"}}{{range $its.Aliases}} {{.}}{{end}}
{{end}}' -- "$1" | while read -r network_ its_; do
    [ "$(docker network inspect -f '{{.Scope}}' -- "${network_:-none}" 2>/dev/null)" = swarm ] || continue
    # Before Engine 25 its short id is among its aliases.
    printf '%s %s\n' "$network_" "$its_" | sed "s/ $(printf %.12s "$1")\$//; s/ $(printf %.12s "$1") / /"
  done
}

# leave_overlays ID: nothing if it is on none. Fails before it leaves them if it could not come back.
leave_overlays() {
  overlays_=$(overlays_of "$1")
  [ -n "$overlays_" ] || return 0
  [ "$(docker info -f '{{.Swarm.ControlAvailable}}')" != true ] || docker node ls >/dev/null ||
    fail "the cluster of this host cannot attach a container to its networks now, so nothing was changed: see docker node ls"
  printf '%s\n' "$overlays_" >"$(kept_networks "$1")"
  leaving_=
  while read -r network_ _; do
    docker network disconnect "$network_" "$1" >/dev/null 2>&1 &
    leaving_="$leaving_ $!"
  done <<LIST
$overlays_
LIST
  for each_ in $leaving_; do wait "$each_" || true; done
  [ -z "$(overlays_of "$1")" ] || {
    join_overlays "$1"
    fail "container $name cannot leave its overlay networks, as it must to be renamed, so it has its name and its networks as before"
  }
}

# join_overlays ID: all at once those that it has left, if any
join_overlays() {
  left_=$(kept_networks "$1")
  [ -f "$left_" ] || return 0
  joining_=
  # shellcheck disable=SC2086 # words
  while read -r network_ address_ aliases_; do
    join_overlay "$1" "$network_" "$address_" $aliases_ &
    joining_="$joining_ $!"
  done <"$left_"
  restart_=
  for each_ in $joining_; do
    wait "$each_" || case $? in
      2) restart_=yes ;;
      *) fail "container $name could not be attached to its networks again, for the reason above: docker node ls tells how the cluster is. Then deploy again, which attaches it" ;;
    esac
  done
  [ -z "$restart_" ] || docker restart --time "$grace_period" "$1" >/dev/null
  rm -f -- "$left_"
}

# join_overlay ID NETWORK ADDRESS|- ALIAS…: within half a minute, as the cluster frees an address some time after it was
# left. Returns 2 if the container has got another address, so its connections are lost.
join_overlay() {
  container_=$1 network_=$2 address_=$3
  shift 3
  for alias_ in "$@"; do
    set -- "$@" --alias "$alias_"
    shift
  done
  ends_=$(($(date +%s) + 30))
  until is_on "$container_" "$network_"; do
    if [ "$address_" != - ] && [ "$(date +%s)" -lt "$ends_" ]; then
      docker network connect --ip "$address_" "$@" "$network_" "$container_" >/dev/null 2>&1 || sleep 0.3
    else
      docker network connect "$@" "$network_" "$container_" >/dev/null || return 1
      [ "$address_" = - ] || return 2
    fi
  done
}

# is_on ID NETWORK: whether the container is attached to it
is_on() {
  docker container inspect -f '{{range .NetworkSettings.Networks}}{{println .NetworkID}}{{end}}' -- "$1" | grep -qxF -e "$2"
}
