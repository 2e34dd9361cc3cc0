# The status of a container's networks. See remote-host/status.sh.
#
# Changes   nothing.
# Needs     remote-host/status.sh network-attachment/requirements.sh service-container/drift.sh

# status_networks CONTAINER ALIAS NETWORK...: the container is on each of them, under its name
status_networks() {
  container_=$1 alias_=$2
  shift 2
  for network_ in "$@"; do meets network "$network_" || return 0; done
  if [ "$(state_of "$container_")" = missing ]; then
    unknown="container missing"
    return 0
  fi
  find_drift drift_networks container name "$container_"
  for network_ in "$@"; do
    case $(networks_of "$container_") in *" $network_ "*) ;; *) wrong=${wrong:-not on network $network_, which the environment file names} ;; esac
  done
  fact="$(printf '%s' "$*" | sed 's/ /, /g') as $alias_"
}

drift_networks() {
  drift_shape '^network '
}
