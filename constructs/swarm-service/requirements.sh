# Requirements of a service in a Docker Swarm. See remote-host/require.sh.
#
# Changes   nothing.
# Needs     remote-host/require.sh swarm-service/lib.sh

# require_manager: this engine manages a cluster
require_manager() {
  # shellcheck disable=SC2046 # two words
  set -- $(timeout 8 docker info -f '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}' 2>/dev/null)
  case "$1 $2" in
    "active true") ;;
    active*) unmet "engine is swarm in the environment file, and the engine of this host only works in a cluster and does not manage it: set ssh.host to a manager, or run \`docker node promote $(uname -n)\` on a manager" ;;
    *) unmet "engine is swarm in the environment file, and the engine of this host is in no cluster ($1): run \`docker swarm init\` on it, and \`docker swarm join\` on the other machines" ;;
  esac
}

# require_free_service NAME LABEL: no service has that name, except one that the app created
require_free_service() {
  labels_=$(service_labels "$1") || return 0
  printf '%s\n' "$labels_" | grep -qxF -e "$2" ||
    unmet "a service named $1 exists in the cluster that this app did not create: remove it (docker service rm $1), then deploy again"
}

# require_overlay NETWORK: containers and services of all nodes find each other on it
require_overlay() {
  # shellcheck disable=SC2046 # two words
  set -- "$1" $(docker network inspect -f '{{.Driver}} {{.Attachable}}' -- "$1" 2>/dev/null)
  [ $# -eq 3 ] || return 0
  [ "$2" = overlay ] || {
    unmet "network $1 has driver $2, so only containers of one machine are on it: with engine swarm, networks in the environment file need an overlay network that is attachable (docker network create --driver overlay --attachable NAME), which Caddy and PostgreSQL are attached to as well"
    return 0
  }
  [ "$3" = true ] || unmet "network $1 is an overlay network that is not attachable, so containers such as Caddy cannot be on it: create another (docker network create --driver overlay --attachable NAME) and name that in networks of the environment file"
}

# require_virtual_ip: the kernel can balance the virtual address of a service
require_virtual_ip() {
  [ ! -e /proc/net/ip_vs ] && ! modprobe -n ip_vs 2>/dev/null || return 0
  unmet "swarm.endpointMode is vip in the environment file, and the kernel of this host has no IPVS (module ip_vs), without which the address of a service does not answer: install a kernel with it, or set swarm.endpointMode: dnsrr"
}

# require_local_data HOSTNAME: the service runs on the node that holds its data, which is this one
require_local_data() {
  here_=$(docker info -f '{{.Name}}' 2>/dev/null) || return 0
  [ "$here_" = "$1" ] ||
    unmet "swarm.node is $1 in the environment file, and the machine that ssh.host reaches is $here_, where the app keeps NocoDB's files: set swarm.node: $here_, or put the files into attachments.s3"
}

# require_nodes CONSTRAINT...: at least one node that takes tasks meets the constraints on labels, roles and names
require_nodes() {
  ready_=$(docker node ls --format '{{.ID}} {{.Status}} {{.Availability}}' 2>/dev/null | awk '$2 == "Ready" && $3 == "Active" { print $1 }')
  [ -n "$ready_" ] || unmet "no node of the cluster is ready and active: \`docker node ls\` on the host says why"
}
