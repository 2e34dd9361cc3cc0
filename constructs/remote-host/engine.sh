# This host's Docker engine, and its containers and networks, read once for all checks.
#
# Changes   nothing.
# Needs     remote-host/common.sh

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

# identify_engine [as_signed_in]: prints ID of the engine, nothing if none answers, then its directory, and `rootless`
# if it is
identify_engine() {
  "$@" timeout 8 docker info -f '{{.ID}} {{.DockerRootDir}}{{range .SecurityOptions}}{{if eq . "name=rootless"}} rootless{{end}}{{end}}' 2>/dev/null | sed '/^ /d' || true
}

# describe_engine IDENTITY [as_signed_in]: prints where it is
describe_engine() {
  identity_=${1#* }
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

# read_engine: sets networks to their names, and containers to a line NAME STATE RESTARTS NETWORK,ALIAS,… … for each
# container
read_engine() {
  # shellcheck disable=SC2016 # variables of the template
  containers=$(docker ps -aq 2>/dev/null | xargs -r docker inspect -f '{{.Name}} {{.State.Status}} {{.RestartCount}}{{range $network, $its := .NetworkSettings.Networks}} {{$network}}{{range $its.Aliases}},{{.}}{{end}}{{end}}' 2>/dev/null | sed 's#^/##') || true
  networks=$(docker network ls --format '{{.Name}}' 2>/dev/null) || networks=
}

# state_of CONTAINER: prints running, exited, …, or missing
state_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { state = $2 } END { print (state == "" ? "missing" : state) }'
}

# restarts_of CONTAINER: prints how often it restarted on its own
restarts_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { print $3 }'
}

# networks_of CONTAINER: prints the names of its networks, each with a blank before and after
networks_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { for (i = 4; i <= NF; i++) { sub(/,.*/, "", $i); printf " %s ", $i } }'
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
