# The container that serves while its successor is prepared. Two containers cannot have one name, so it is set aside under
# another name until the successor takes over.
#
# Expects   $name: of the service's container; [$label]: of the app's containers, without which none is set aside;
#           $grace_period: in seconds; $records: the directory that holds the records.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh service-container/rename.sh

# container_id CONTAINER: prints the id of the app's container of that name, nothing if there is none
container_id() {
  [ -z "${label-}" ] || docker ps -aq --no-trunc --filter "name=^/$1\$" --filter "label=$label"
}

# container_runs CONTAINER: whether it runs, or crashes and starts again and again
container_runs() {
  [ "$(docker container inspect -f '{{.State.Running}}' -- "$1" 2>/dev/null)" = true ]
}

# former_runs: whether a container that was set aside still serves
former_runs() {
  [ -n "$(container_id "${name}_former")" ] && container_runs "${name}_former"
}

# discard CONTAINER: stops and removes the app's container of that name. Terraform may be removing it at the same time.
discard() {
  discarded_=$(container_id "$1")
  [ -n "$discarded_" ] || return 0
  rm -f -- "$(kept_networks "$discarded_")"
  docker stop --time "$grace_period" "$discarded_" >/dev/null 2>&1 || true
  output=$(docker rm -f "$discarded_" 2>&1) || case $output in
    *"No such container"* | *"already in progress"*) ;;
    *) fail "container $1 cannot be removed: $output" ;;
  esac
}

# set_aside: leaves at most one container of the service, the one that serves, and gives it the other name. A deploy that
# was interrupted may have left two: while the former one runs, the new one has not written anything.
set_aside() {
  for each_container_ in "$name" "${name}_former"; do
    id_=$(container_id "$each_container_")
    [ -z "$id_" ] || join_overlays "$id_"
  done
  if former_runs; then
    discard "$name"
  elif [ -n "$(container_id "$name")" ]; then
    discard "${name}_former"
    rename_container "$name" "${name}_former"
  fi
}

# return_name: removes the new container, and gives the former one its name back
return_name() {
  docker rm -f "$name" >/dev/null
  rename_container "${name}_former" "$name"
}
