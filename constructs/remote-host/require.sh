# Requirements: conditions that the host must meet before anything on it is changed. Each require_* function checks one
# kind of requirement and is defined in a file requirements.sh; a prepare_* function beside it begins what all checks use.
#
# Expects   $requirements: one a line; the words after the first are the arguments. [$adopting]: yes accepts what an
#           adoption will fix; [$restoring]: yes accepts what a restore will fix; [$checked], [$run]: what the probe says of
#           the requirements, and of which run this is.
# Changes   nothing.
# Needs     remote-host/engine.sh

# unmet TEXT: adds a problem; all of them are printed at once
unmet() {
  problems="$problems
- $1"
}

# require_running CONTAINER SETTING: the container runs; SETTING is the path in the environment file that names it
require_running() {
  state_=$(state_of "$1")
  [ "$state_" = running ] && return
  unmet "container $1 is $state_: start it, or correct $2 in the environment file"
  return 1
}

require_all() {
  begin_requirements
  check_requirements
}

# requirements_hold FILE: whether all are still met; if not, FILE gets a line for each that is not
requirements_hold() {
  # In the background, because a shell ignores errors in what it tests.
  require_all >"$1" 2>&1 &
  if wait "$!"; then return; fi
  sed -i 1d -- "$1"
  return 1
}

# How long a later step of the same run relies on the probe, in seconds.
RELIABLE=20

# met_in_this_run: whether the probe of the same run of Terraform has just found all requirements met, and since then no
# container has begun, ended or changed. To check them again takes as long as a plan.
met_in_this_run() {
  case ${checked-} in "${run:-none}, "*) ;; *) return 1 ;; esac
  since_=${checked#"$run, "}
  [ "$(($(date +%s) - ${since_%%, *}))" -le "$RELIABLE" ] && read_engine && [ "${checked##*, }" = "$(fingerprint_of_containers)" ]
}

# fingerprint_of_containers: prints what changes with the containers, their states, networks and names
fingerprint_of_containers() {
  printf '%s\n' "$containers" | sort | fingerprint containers
}

# begin_requirements: fails without an engine, because then nothing else can be checked.
begin_requirements() {
  read_engine || {
    output=$(timeout 8 docker version -f '{{.Server.Version}}' 2>&1) || true
    theirs_=$(identify_engine as_signed_in)
    [ -z "$theirs_" ] ||
      fail "The host is not ready, and nothing was changed on it: root has no Docker engine on the host, and user $signed_in has one at $(describe_engine "$theirs_" as_signed_in). The app needs one for both, and does not support a rootless one: install the system's engine (Debian: apt-get install docker.io)"
    fail "The host is not ready, and nothing was changed on it: Docker does not answer. Start it (systemctl start docker), or install it: $(printf '%s\n' "$output" | tail -n 1)"
  }
  while read -r what arguments; do
    # shellcheck disable=SC2086 # names and paths without blanks
    ! command -v "prepare_$what" >/dev/null || "prepare_$what" $arguments
  done <<LIST
$requirements
LIST
}

# check_requirements: runs all checks at once, because most wait for the engine or for a container. Prints the problems
# in the order of the requirements, equal ones once.
check_requirements() {
  problems=$(
    number=0
    printf 'clock\n%s\n' "$requirements" | {
      while read -r what arguments; do
        number=$((number + 1))
        [ -z "$what" ] || check_requirement "$number" "$what" "$arguments" &
      done
      wait
    } | sort -s -n -k 1,1 | cut -d ' ' -f 2- | awk '! printed[$0]++'
  )
  ! printf '%s\n' "$problems" | grep -qxF '?' || exit 1
  [ -z "$problems" ] || fail "The host is not ready, and nothing was changed on it:
$problems"
}

# check_requirement NUMBER WHAT ARGUMENTS: prints each problem after the number, `?` if the check is not possible
check_requirement() {
  place=$1 what=$2
  trap 'echo "$place ?"' EXIT
  set -e
  problems=
  # A schedule contains wildcards.
  set -f
  # shellcheck disable=SC2086 # names and paths without blanks
  set -- $3
  set +f
  "require_$what" "$@"
  trap - EXIT
  [ -z "$problems" ] || printf '%s\n' "$problems" | sed "1d; s/^/$place /"
}
