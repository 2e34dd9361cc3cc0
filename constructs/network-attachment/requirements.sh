# Requirements of networks. See remote-host/require.sh.
#
# Changes   nothing.
# Needs     remote-host/require.sh **/kind.sh

# require_network NAME: the network exists, and containers find each other there by their names
require_network() {
  case $1 in bridge | host | none)
    unmet "networks in the environment file names $1, one of Docker's own networks, on which containers do not find each other by their names: create another (docker network create web), attach Caddy or PostgreSQL to it (docker network connect web CONTAINER), and name it instead"
    return 0
    ;;
  esac
  has_network "$1" ||
    unmet "network $1 is missing on the host: create it, or correct networks in the environment file, or have the app create it (create). Existing networks: $(network_names | paste -s -d ' ' -)"
}

# require_created_network NAME DRIVER: a network that the app creates has that driver, if it exists already. Terraform would
# replace it by another one, which fails while containers are attached, after NocoDB has stopped.
require_created_network() {
  # shellcheck disable=SC2046 # two words
  set -- "$1" "$2" $(docker network inspect -f '{{.Driver}} {{.Attachable}}' -- "$1" 2>/dev/null)
  [ $# -eq 4 ] || return 0
  case $2:$3:$4 in bridge:bridge:* | overlay:overlay:true) return 0 ;; esac
  if [ "$2" = overlay ]; then engine_=swarm options_='--driver overlay --attachable '; else engine_=container options_=''; fi
  others_=$(docker network inspect -f '{{range .Containers}}{{println .Name}}{{end}}' -- "$1" 2>/dev/null | grep -vxE -e 'lb-.*|' | sort | paste -s -d , - | sed 's/,/, /g')
  unmet "network $1 is to be created (networks in the environment file) with driver $2, because engine is $engine_, and exists with driver $3$([ "$3" != overlay ] || [ "$4" = true ] || printf ', not attachable'): the app would have to replace it, which Docker refuses while anything is attached${others_:+ (now: $others_)}. Create a network by hand (docker network create ${options_}NAME), attach Caddy and PostgreSQL to it with their names (docker network connect --alias ALIAS NAME CONTAINER), detach everything but NocoDB from $1 (docker network disconnect $1 CONTAINER), set the name of the new one in networks without create, and deploy: that removes $1"
}

# require_free_alias NETWORK ALIAS CONTAINER LABEL KIND: only CONTAINER, which has LABEL, has ALIAS on the network;
# another container would get a share of the traffic
require_free_alias() {
  others=$(holders_of "$2" "$1" "$3")
  if [ -n "$others" ] && [ "$(state_of "$3")" = missing ]; then
    renamed_=$(docker ps --filter "label=$4" --format '{{.Names}}' | grep -xF -e "$others" | head -n 1)
    [ -z "$renamed_" ] || {
      unmet "container $renamed_ is the one that this app created, under another name: docker rename $renamed_ $3"
      return 0
    }
  fi
  [ -z "$others" ] || others=$(printf '%s\n' "$others" | while read -r each_; do "${5}_is_unmanaged" "$each_" || printf '%s\n' "$each_"; done)
  [ -z "$others" ] || unmet "on network $1 the name $2 is also used by container $(printf '%s' "$others" | paste -s -d ' ' -)$(remedy_for "$others" "${4%%=*}")"
}

# remedy_for CONTAINERS LABEL: prints what to do about their name. To take it from one that this app created for another
# environment would take that one down.
remedy_for() {
  of_=$(printf '%s\n' "$1" | xargs -r docker inspect -f "{{with index .Config.Labels \"$2\"}}{{.}}{{end}}" -- 2>/dev/null | sed '/^$/d' | paste -s -d ' ' -) || of_=
  printf '%s' "${of_:+ (of environment $of_ of this app)}: set alias in the environment file to another name"
  [ -n "$of_" ] || printf ', or remove that name from the other container (docker network disconnect and connect)'
}

# require_sole_upstream CADDY ALIAS CONTAINER KIND NETWORK...: on its further networks, too, Caddy finds only CONTAINER as
# ALIAS: it would send another one a share of the site's requests. On NETWORK... require_free_alias checks that.
require_sole_upstream() {
  caddy_=$1 alias_=$2 own_=$3 kind_=$4
  shift 4
  for network_ in $(networks_of "$caddy_"); do
    case " $* " in *" $network_ "*) continue ;; esac
    others=$(holders_of "$alias_" "$network_" "$own_" | while read -r each_; do "${kind_}_is_unmanaged" "$each_" || printf '%s\n' "$each_"; done)
    [ -z "$others" ] ||
      unmet "container $caddy_ also finds container $(printf '%s' "$others" | paste -s -d ' ' -) as $alias_, on network $network_, and would send it a share of the site's requests: set alias in the environment file to a name that only this NocoDB has"
  done
}

# require_shared_network CONTAINER NETWORK...: the container is on one of the networks, because otherwise it cannot
# reach the service
require_shared_network() {
  container_=$1
  shift
  [ "$(state_of "$container_")" != missing ] || return 0
  attached_=$(networks_of "$container_")
  for each_ in "$@"; do
    case $attached_ in *" $each_ "*) return 0 ;; esac
  done
  unmet "container $container_ is on none of the networks $*, only on:$attached_. $(how_to_attach "$container_" "$@")"
}

# how_to_attach CONTAINER NETWORK...: prints how it comes onto one of the networks. Docker attaches no container that is
# on the host's network or on none; of one in another container's network it attaches that other one.
how_to_attach() {
  attached_=$1
  shift
  case $(inspected "$attached_" network-mode) in
    host) printf '%s' "It is on the host's network, where it does not find the service by its name, and Docker attaches it to no other: recreate it on $(published_network "$@") with published ports (in a compose file, networks and ports instead of network_mode: host). Its upstreams at localhost need other names there (docs/hosts.md)" ;;
    none) printf '%s' "It was started without a network, and Docker attaches it to none: recreate it on $(published_network "$@")" ;;
    *) printf '%s' "Attach it (docker network connect $(published_network "$@") $(network_holder "$attached_")), or correct networks in the environment file" ;;
  esac
}

# published_network NETWORK...: prints the first that is not internal, because containers publish ports only there
published_network() {
  docker network inspect -f '{{.Internal}} {{.Name}}' -- "$@" 2>/dev/null | sed -n 's/^false //p' | grep . | head -n 1 || printf '%s' "$1"
}

# require_found NAME CONTAINER NETWORK...: on the networks of the service, NAME resolves to CONTAINER and to no other. A
# name with a dot is left to the host's DNS.
require_found() {
  hostname_=$1 expected_=$2
  shift 2
  case $hostname_ in *[.:]*) return 0 ;; esac
  for each_ in "$@"; do
    has_network "$each_" || return 0
  done
  found_=$(for each_ in "$@"; do holders_of "$hostname_" "$each_" ""; done | sort -u)
  if [ -z "$found_" ]; then
    [ "$(state_of "$expected_")" = running ] || return 0
    if [ "$(inspected "$expected_" network-mode)" = host ]; then
      remedy_="set postgresql.host in the environment file to an address of the host, such as $(docker network inspect -f '{{range .IPAM.Config}}{{.Gateway}} {{end}}' -- "$1" | cut -d ' ' -f 1), because $expected_ is on the host's network"
    else
      remedy_="attach $expected_ (docker network connect --alias $hostname_ $1 $(network_holder "$expected_")), or correct postgresql.host or networks in the environment file"
    fi
    unmet "no container is found as $hostname_ (postgresql.host) on the networks $*: $remedy_"
  elif others_=$(printf '%s\n' "$found_" | grep -vxF -e "$expected_") && [ "$others_" != "$found_" ]; then
    unmet "on the networks $* the name $hostname_ (postgresql.host) belongs to $expected_ and also to container $(printf '%s' "$others_" | paste -s -d ' ' -), which the service would sometimes reach: remove that name from it (docker network disconnect and connect), or give postgresql.host a name that only $expected_ has"
  fi
}
