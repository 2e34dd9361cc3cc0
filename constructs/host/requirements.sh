# What must be true of the host before anything on it is changed.
#
# Expects   requirements: one a line; the words after the first are the requirement's arguments.
# Changes   nothing.

# unmet TEXT: notes a problem; all of them are told at once.
unmet() {
  problems="$problems
- $1"
}

require_command() {
  command -v "$1" >/dev/null || unmet "the host has no command '$1': install it (Debian: apt-get install $2)"
}

# The docker provider talks to the engine as the user who signs in, without sudo.
require_docker() {
  said=$(runuser -u "${SUDO_USER:-root}" -- docker version -f '{{.Server.Version}}' 2>&1) ||
    unmet "user ${SUDO_USER:-root} cannot use Docker on the host (add it to the group docker, or start the engine): $(printf '%s' "$said" | tail -n 1)"
}

require_user() {
  id -u -- "$1" >/dev/null 2>&1 || unmet "user $1 does not exist on the host"
}

require_network() {
  docker network inspect -- "$1" >/dev/null 2>&1 ||
    unmet "network $1 is missing on the host: create it, or correct networks in the environment file, or have it created there (create). There are: $(docker network ls --format '{{.Name}}' | paste -s -d ' ' -)"
}

# running CONTAINER SETTING
running() {
  state_=$(docker inspect -f '{{.State.Status}}' -- "$1" 2>/dev/null) || state_=missing
  [ "$state_" = running ] && return
  unmet "container $1 is $state_: start it, or correct $2 in the environment file"
  return 1
}

# require_postgresql CONTAINER SUPERUSER
require_postgresql() {
  running "$1" postgresql.container || return 0
  said=$(echo 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user' | sql "$1" "$2" 2>&1) || {
    unmet "PostgreSQL in container $1 does not let $2 in through its local socket (correct postgresql.superuser in the environment file, or wait until it is up): $(printf '%s' "$said" | tail -n 1)"
    return 0
  }
  [ "$said" = t ] || unmet "$2 is no superuser of PostgreSQL in container $1: correct postgresql.superuser in the environment file"
}

# require_caddy CONTAINER CADDYFILE [SITES DIRECTORY]
require_caddy() {
  caddy=$1 caddyfile=$2 sites_directory=${3-}
  running "$1" caddy.container || return 0
  if [ ! -f "$2" ]; then
    unmet "$2 is not a file on the host: correct caddy.caddyfile in the environment file"
  else
    said=$(seen_path "$2" 2>&1) || unmet "$said"
  fi
  [ -z "$sites_directory" ] || [ -d "$sites_directory" ] ||
    unmet "$sites_directory is not a directory on the host: create it, or correct caddy.sitesDirectory in the environment file"
}

# require_free_name CONTAINER LABEL: the name is free, or held by a container of ours
require_free_name() {
  label_=$(docker inspect -f "{{index .Config.Labels \"${2%%=*}\"}}" -- "$1" 2>/dev/null) || return 0
  [ "$label_" = "${2#*=}" ] ||
    unmet "a container named $1 is there that this app did not make: rename it (docker rename $1 $1_before) or remove it, then deploy again"
}

# require_meeting CONTAINER NETWORK...: the container is on one of the networks, or it could not reach the service
require_meeting() {
  meeting_=$1
  shift
  attached_=$(docker inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' -- "$meeting_" 2>/dev/null) || return 0
  for each_ in "$@"; do
    case " $attached_" in *" $each_ "*) return 0 ;; esac
  done
  unmet "container $meeting_ is on none of the networks $*, only on: $attached_. Attach it (docker network connect), or correct networks in the environment file"
}

# require_free_alias NETWORK ALIAS CONTAINER: nobody but CONTAINER answers to ALIAS there, or its traffic would be shared
require_free_alias() {
  docker network inspect -- "$1" >/dev/null 2>&1 || return 0
  others=$(docker ps -q --filter "network=$1" | xargs -r docker inspect -f "{{.Name}}{{with index .NetworkSettings.Networks \"$1\"}}{{range .Aliases}} {{.}}{{end}}{{end}}" 2>/dev/null |
    awk -v alias="$2" -v own="/$3" '$1 != own { hit = ($1 == "/" alias); for (i = 2; i <= NF; i++) hit = hit || $i == alias; if (hit) print substr($1, 2) }')
  [ -z "$others" ] || unmet "on network $1 the name $2 is also that of container $(printf '%s' "$others" | paste -s -d ' ' -): remove it, or take that name from it (docker network disconnect and connect)"
}

require_all() {
  problems=
  while read -r what arguments; do
    # shellcheck disable=SC2086 # names and paths without blanks
    [ -z "$what" ] || "require_$what" $arguments
  done <<LIST
$requirements
LIST
  [ -z "$problems" ] || fail "The host is not ready, and nothing was changed on it:$problems"
}
