# This host's Docker engine, and its containers and networks, read once for all checks.
#
# Changes   nothing.
# Needs     remote-host/common.sh remote-host/cluster.sh

# signed_in: the user who signs in. The docker provider works as that user, the programs work as root.
signed_in=${SUDO_USER:-root}

# as_signed_in COMMAND...: runs it as the docker provider does: as that user, with the variables that the user's shell
# sets, because sudo does not pass them on
as_signed_in() {
  [ -n "${SUDO_USER-}" ] || {
    "$@"
    return
  }
  while IFS= read -r each_; do set -- "$each_" "$@"; done <<LIST
$(variables_of_sudo | grep -E '^(HOME|PATH|XDG_RUNTIME_DIR|DOCKER_[A-Z_]*)=')
LIST
  runuser -u "$SUDO_USER" -- env -i "$@"
}

# variables_of_sudo: prints the variables with which the user's shell has called sudo. In a container root may not read
# them, so a shell is started like that of sshd, for which bash reads ~/.bashrc.
variables_of_sudo() {
  its_=$(tr '\000' '\n' 2>/dev/null <"/proc/$PPID/environ") || its_=
  case $its_ in *HOME=*)
    printf '%s\n' "$its_"
    return
    ;;
  esac
  account_=$(getent passwd "$SUDO_USER")
  its_=$(printf '%s' "$account_" | cut -d : -f 6)
  runuser -u "$SUDO_USER" -- env -i HOME="$its_" USER="$SUDO_USER" PATH="$PATH" SSH_CLIENT=- "${account_##*:}" -c env </dev/null 2>/dev/null ||
    printf 'HOME=%s\nPATH=%s\n' "$its_" "$PATH"
}

# identify_engine [as_signed_in]: prints ID of the engine, nothing if none answers, then its directory, and `rootless`,
# `userns` and `manager` if it is or does that
identify_engine() {
  "$@" timeout 8 docker info -f '{{.ID}} {{.DockerRootDir}}{{range .SecurityOptions}}{{if eq . "name=rootless"}} rootless{{end}}{{if eq . "name=userns"}} userns{{end}}{{end}}{{if .Swarm.ControlAvailable}} manager{{end}}' 2>/dev/null | sed '/^ /d' || true
}

# is_engine rootless|userns|manager IDENTITY: whether it is rootless, maps the users of containers to others, or manages a
# cluster
is_engine() {
  case "$2 " in *" $1 "*) ;; *) return 1 ;; esac
}

# describe_engine IDENTITY [as_signed_in]: prints where it is
describe_engine() {
  identity_=${1#* } identity_=${identity_% manager}
  shift
  printf '%s (data in %s)' "$("$@" docker context inspect -f '{{.Endpoints.docker.Host}}' 2>/dev/null)" "$(printf '%s' "$identity_" | sed 's/ /, /')"
}

# how_to_leave WHO [as_signed_in]: prints how that user returns to the system's engine, nothing if it uses its default
how_to_leave() {
  who_=$1
  shift
  if "$@" env | grep -qE '^DOCKER_(HOST|CONTEXT)=.'; then
    echo "remove DOCKER_HOST and DOCKER_CONTEXT from what the shell of $who_ reads on the host (~/.bashrc, ~/.profile, ~/.ssh/environment, /etc/environment)"
  elif [ "$("$@" docker context inspect -f '{{.Name}}' 2>/dev/null)" != default ]; then
    echo "run \`docker context use default\` as $who_ on the host"
  fi
}

# What a check may ask about a container: a line KEY VALUE for each. A line break in a variable or label is \n.
# shellcheck disable=SC2016 # variables of the template
ABOUT_CONTAINER='= {{slice .Name 1}}
id {{.Id}}
name {{slice .Name 1}}
state {{.State.Status}}
restarts {{.RestartCount}}
restart-policy {{.HostConfig.RestartPolicy.Name}}
network-mode {{.HostConfig.NetworkMode}}
started {{.State.StartedAt}}
image {{.Config.Image}}
runs {{.Image}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}
{{range $name, $its := .NetworkSettings.Networks}}network {{$name}}{{range $its.Aliases}},{{.}}{{end}}
{{with $its.IPAddress}}address {{.}}
{{end}}{{with $its.GlobalIPv6Address}}address {{.}}
{{end}}{{with $its.Gateway}}range {{.}} {{$its.IPAddress}}/{{$its.IPPrefixLen}}
{{end}}{{end}}{{range .NetworkSettings.Ports}}{{range .}}port {{.HostPort}}
{{end}}{{end}}{{range .Mounts}}mount {{.Source}}|{{.Destination}}
{{end}}shape id {{slice .Id 0 12}}
shape cpus {{.HostConfig.NanoCpus}}
{{with .HostConfig}}{{with .PidsLimit}}shape pids {{.}}
{{end}}{{with .CpuShares}}shape cpu shares {{.}}
{{end}}{{with .CpuQuota}}shape cpu quota {{.}}
{{end}}{{with .CpusetCpus}}shape cpus allowed {{.}}
{{end}}{{with .CpusetMems}}shape memory nodes {{.}}
{{end}}{{with .BlkioWeight}}shape block weight {{.}}
{{end}}limit memory {{.Memory}}
limit memory with swap {{.MemorySwap}}
limit memory reservation {{.MemoryReservation}}
limit restart policy {{.RestartPolicy.Name}}{{with .RestartPolicy.MaximumRetryCount}}, {{.}} times{{end}}
{{end}}{{range $name, $its := .NetworkSettings.Networks}}shape network {{$name}} as{{range $its.Aliases}} {{.}}{{end}}
{{end}}{{range .Mounts}}shape mount {{.Destination}} {{.Source}}
{{end}}{{range $name, $value := .Config.Labels}}label {{$name}}={{join (split $value "\n") "\\n"}}
{{end}}{{range .Config.Env}}env {{join (split . "\n") "\\n"}}
{{end}}'

# read_engine: sets engine to its identity, inspections to that of all containers, and containers to a line NAME STATE
# RESTARTS NETWORK,ALIAS,… … for each of them; fails if the engine does not answer
read_engine() {
  found_=$(
    identify_engine &
    timeout 8 docker ps -a --format 'container {{.ID}}' 2>/dev/null || echo unanswered
    wait
  )
  case $found_ in *unanswered*) return 1 ;; esac
  engine=$(printf '%s\n' "$found_" | sed '/^container /d')
  inspections=$(printf '%s\n' "$found_" | sed -n 's/^container //p' | xargs -r docker inspect -f "$ABOUT_CONTAINER" 2>/dev/null | as_it_serves) || true
  ! is_engine manager "$engine" || inspections=$(printf '%s\n' "$inspections" | with_services)
  containers=$(printf '%s\n' "$inspections" | awk '
    function print_it() { if (name != "") print name, state, restarts attached }
    $1 == "=" { print_it(); name = $2; attached = "" }
    $1 == "state" { state = $2 }
    $1 == "restarts" { restarts = $2 }
    $1 == "network" { attached = attached " " substr($0, 9) }
    END { print_it() }')
}

# as_it_serves < inspections: shows a service that a deploy is replacing as one container under its own name, the one that
# serves: the former one as long as it runs, or if there is no other. That one has a further line, `aside`. See
# service-container/aside.sh.
as_it_serves() {
  awk '
    { line[NR] = $0 }
    $1 == "=" { name = $2; exists[name] = 1 }
    $1 == "state" { state[name] = $2 }
    $1 == "label" && index($2, "cdktf.environment=") == 1 { of[name] = $0 }
    END {
      for (each in of) {
        own = each
        if (sub(/_former$/, "", own) == 0 || (own in exists && of[own] != of[each])) continue
        if (own in exists && state[each] !~ /^(running|restarting|paused)$/) hidden[each] = 1
        else { shown[each] = own; hidden[own] = 1 }
      }
      for (i = 1; i <= NR; i++) {
        if (line[i] ~ /^= /) {
          name = substr(line[i], 3)
          if (name in shown) line[i] = "= " shown[name] "\naside yes"
        }
        if (! (name in hidden)) print line[i]
      }
    }'
}

# inspected CONTAINER KEY: prints the values of a key, as read by read_engine or else from the engine. CONTAINER is a name
# or an id, or the name of a service of this app in a cluster; an unknown one makes it fail.
inspected() {
  {
    if [ -n "${inspections+read}" ]; then
      printf '%s\n' "$inspections"
    else
      docker container inspect -f "$ABOUT_CONTAINER" -- "$1" 2>/dev/null || about_services "$1"
    fi
  } | awk -v name="$1" -v key="$2 " '
    /^= / { here = ($2 == name) }
    /^id / { here = here || ($2 == name); found = found || here }
    here && index($0, key) == 1 { print substr($0, length(key) + 1) }
    END { exit ! found }'
}

# state_of CONTAINER: prints running, exited, …, or missing
state_of() {
  while read -r name_ state_ _; do
    [ "$name_" = "$1" ] && printf '%s' "$state_" && return
  done <<LIST
$containers
LIST
  printf missing
}

# restarts_of CONTAINER: prints how often it restarted on its own
restarts_of() {
  while read -r name_ _ restarts_ _; do
    [ "$name_" != "$1" ] || printf '%s' "$restarts_"
  done <<LIST
$containers
LIST
}

# networks_of CONTAINER: prints the names of its networks, each with a blank before and after
networks_of() {
  attached_to "$(network_holder "$1")"
}

# attached_to CONTAINER: the same without those of another container
attached_to() {
  while read -r name_ _ _ attached_; do
    [ "$name_" = "$1" ] || continue
    for each_ in $attached_; do printf ' %s ' "${each_%%,*}"; done
  done <<LIST
$containers
LIST
}

# has_network NAME: whether the engine has a network of that name
has_network() {
  case "$containers " in *" $1 "* | *" $1,"*) return 0 ;; esac
  network_names | grep -qxF -e "$1"
}

network_names() {
  timeout 8 docker network ls --format '{{.Name}}' 2>/dev/null
}

# network_holder CONTAINER: prints the container whose addresses and networks it has: itself, or another one if it was
# started in that one's network (network_mode: service:… in a compose file)
network_holder() {
  other_=$(inspected "$1" network-mode) || other_=
  case $other_ in
    container:*) inspected "${other_#*:}" name || printf '%s' "${other_#*:}" ;;
    *) printf '%s' "$1" ;;
  esac
}

# holders_of ALIAS NETWORK OWN: prints the running containers that have ALIAS on the network, except OWN
holders_of() {
  printf '%s\n' "$containers" | awk -v alias="$1" -v network="$2" -v own="$3" '
    $1 == own || ($2 != "running" && $2 != "paused") { next }
    {
      for (i = 4; i <= NF; i++) {
        count = split($i, name, ",")
        if (name[1] != network) continue
        hit = ($1 == alias)
        for (j = 2; j <= count; j++) hit = hit || name[j] == alias
        if (hit) print $1
      }
    }'
}

# where_reached CONTAINER COMMAND...: runs the command where the container's addresses are reached: on this host, or for a
# service of a cluster, in the network of a container that is on its network
where_reached() {
  via_=
  if [ -n "$(inspected "$1" cluster)" ]; then
    [ -n "${inspections+read}" ] || read_engine
    via_=$(inspected "$1" via) || via_=
  fi
  shift
  if [ -z "$via_" ]; then "$@"; else nsenter --net --target "$(docker inspect -f '{{.State.Pid}}' -- "$via_")" -- "$@"; fi
}
