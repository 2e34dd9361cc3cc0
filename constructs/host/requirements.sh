# What must be true of the host before anything on it is changed.
#
# Expects   requirements: one a line; the words after the first are the requirement's arguments. taking_over: yes lets
#           pass what a take-over will put right, restoring: yes what a restore will (both may be missing). What
#           container.sh says of containers is as of the beginning of the look.
# Changes   nothing.

# unmet TEXT: notes a problem; all of them are told at once.
unmet() {
  problems="$problems
- $1"
}

require_command() {
  command -v "$1" >/dev/null || unmet "the host has no command '$1': install it (Debian: apt-get install $2)"
}

# require_room DIRECTORY MIB: it can be written to, and there is room; where it is not there yet, what it will lie in
require_room() {
  if [ -e "$1" ] && [ ! -d "$1" ]; then
    unmet "$1 is there, but it is no directory: move it away, or correct baseDirectory in the environment file"
    return 0
  fi
  place_=$1
  while [ ! -d "$place_" ]; do place_=$(dirname -- "$place_"); done
  if [ ! -w "$place_" ]; then
    unmet "$place_ cannot be written to (a read-only mount?): mount it for writing, or correct baseDirectory in the environment file"
    return 0
  fi
  free_=$(df -P -k -- "$place_" | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free_" -ge "$2" ] || unmet "the disk is full: $free_ MiB free in $place_, and at least $2 are needed: make room"
}

# require_file FILE: one that is there already is a file, and can be written
require_file() {
  if [ -d "$1" ]; then
    unmet "$1 is there, but it is a directory: move it away"
  elif [ -f "$1" ] && ! said=$({ : >>"$1"; } 2>&1); then
    unmet "$1 cannot be written (${said##*: }): mend that (immutable? chattr -i $1)"
  fi
}

# Of every host: here and there it is the same time. Backups are told apart and pruned by theirs, sessions and certificates end.
require_clock() {
  # Some shells would run a command that stands in what they count with.
  case ${clock-} in '' | *[!0-9]*) return 0 ;; esac
  skew_=$(($(date +%s) - clock))
  [ "${skew_#-}" -le 300 ] ||
    unmet "the clock of the host differs by ${skew_#-} s from that of the machine you deploy from: set the one that is wrong (timedatectl set-ntp true)"
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
  printf '%s\n' "$networks" | grep -qxF -e "$1" ||
    unmet "network $1 is missing on the host: create it, or correct networks in the environment file, or have it created there (create). There are: $(printf '%s\n' "$networks" | paste -s -d ' ' -)"
}

# running CONTAINER SETTING
running() {
  state_=$(state_of "$1")
  [ "$state_" = running ] && return
  unmet "container $1 is $state_: start it, or correct $2 in the environment file"
  return 1
}

# require_caddy CONTAINER CADDYFILE [SITES DIRECTORY]
require_caddy() {
  caddy=$1 caddyfile=$2 sites_directory=${3-}
  running "$1" caddy.container || return 0
  if [ ! -f "$2" ]; then
    unmet "$2 is not a file on the host: correct caddy.caddyfile in the environment file"
  else
    if said=$(seen_path "$2" 2>&1); then require_sound_caddyfile; else unmet "$said"; fi
  fi
  [ -z "$sites_directory" ] || [ -d "$sites_directory" ] ||
    unmet "$sites_directory is not a directory on the host: create it, or correct caddy.sitesDirectory in the environment file"
}

# What Caddy has taken from us once need not be tried in each plan.
require_sound_caddyfile() {
  [ "$(fingerprint caddyfile <"$caddyfile")" != "$(cat -- "$manifest"/* 2>/dev/null | sed -n 's/^whole=//p')" ] || return 0
  said=$(validate "$caddyfile" "" <"$caddyfile" 2>&1) ||
    unmet "Caddy in container $caddy would not load $caddyfile as it is: $(printf '%s\n' "$said" | tail -n 1). Mend that first"
}

# require_free_name CONTAINER LABEL: the name is free, or held by a container of ours
require_free_name() {
  label_=$(docker inspect -f "{{index .Config.Labels \"${2%%=*}\"}}" -- "$1" 2>/dev/null) || return 0
  [ "$label_" = "${2#*=}" ] || is_by_hand "$1" ||
    unmet "a container named $1 is there that this app did not make: rename it (docker rename $1 $1_before) or remove it, then deploy again"
}

# require_no_other_nocodb NAME ENVIRONMENT NETWORK...: no NocoDB of someone else's holds the name or serves on one of the
# networks: beside it, ours would be a second one, on an empty database or (worse) on the same.
require_no_other_nocodb() {
  named_=$1 environment_=$2
  shift 2
  [ "${taking_over-}" != yes ] || return 0
  if [ -n "$(taken id)" ] && [ -z "$(taken complete)" ]; then
    unmet "the NocoDB of container $(taken name) is only half taken over: run \`npm run take-over -- $environment_\` again, or go back with \`npm run take-over -- $environment_ --back\`"
    return 0
  fi
  by_hand=${by_hand-$(nocodbs_by_hand)}
  while read -r container_ _ state_ image_ attached_; do
    beside_=no
    for each_ in "$@"; do case " $attached_ " in *" $each_ "*) beside_=$state_ ;; esac done
    [ "$container_" = "$named_" ] || [ "$beside_" = running ] || continue
    unmet "container $container_ ($state_, image $image_) is a NocoDB that this app did not make: \`npm run take-over -- $environment_\` looks at it and, when you agree, takes it over with its database, data, users and tokens"
  done <<LIST
$by_hand
LIST
}

# require_free_site SITE CADDYFILE: nobody else has written that site, which Caddy would then refuse to have twice
require_free_site() {
  if [ "${taking_over-}" = yes ] || [ ! -f "$2" ]; then return 0; fi
  there_=$(sites_by_hand "$1" "$2" | awk '{ print $1 " to " $2 }' | paste -s -d , -)
  [ -z "$there_" ] ||
    unmet "$2 has a site $1 in lines $there_ that this app did not write: take it out (\`npm run take-over\` does so where a NocoDB is taken over), or choose another subdomain"
}

# require_meeting CONTAINER NETWORK...: the container is on one of the networks, or it could not reach the service
require_meeting() {
  meeting_=$1
  shift
  [ "$(state_of "$meeting_")" != missing ] || return 0
  attached_=$(networks_of "$meeting_")
  for each_ in "$@"; do
    case $attached_ in *" $each_ "*) return 0 ;; esac
  done
  unmet "container $meeting_ is on none of the networks $*, only on:$attached_. Attach it (docker network connect), or correct networks in the environment file"
}

# require_found NAME CONTAINER NETWORK...: the service, which is on the networks, finds a container under NAME, as it shall
# CONTAINER, and then no other. A name of several parts is for the host's DNS.
require_found() {
  wanted_=$1 meant_=$2
  shift 2
  case $wanted_ in *[.:]*) return 0 ;; esac
  for each_ in "$@"; do
    printf '%s\n' "$networks" | grep -qxF -e "$each_" || return 0
  done
  found_=$(for each_ in "$@"; do holders_of "$wanted_" "$each_" ""; done | sort -u)
  if [ -z "$found_" ]; then
    [ "$(state_of "$meant_")" != running ] ||
      unmet "no container is found as $wanted_ (postgresql.host) on the networks $*: attach $meant_ (docker network connect --alias $wanted_ $1 $meant_), or correct postgresql.host or networks in the environment file"
  elif others_=$(printf '%s\n' "$found_" | grep -vxF -e "$meant_") && [ "$others_" != "$found_" ]; then
    unmet "on the networks $* the name $wanted_ (postgresql.host) is that of $meant_ and also of container $(printf '%s' "$others_" | paste -s -d ' ' -), which the service would reach now and then: take that name from it (docker network disconnect and connect), or give postgresql.host a name that only $meant_ has"
  fi
}

# require_free_alias NETWORK ALIAS CONTAINER LABEL: nobody but CONTAINER, which has LABEL, answers to ALIAS there, or its
# traffic would be shared
require_free_alias() {
  others=$(holders_of "$2" "$1" "$3")
  if [ -n "$others" ] && [ "$(state_of "$3")" = missing ]; then
    renamed_=$(docker ps --filter "label=$4" --format '{{.Names}}' | grep -xF -e "$others" | head -n 1)
    [ -z "$renamed_" ] || {
      unmet "container $renamed_ is the one that this app made, under another name: docker rename $renamed_ $3"
      return 0
    }
  fi
  [ -z "$others" ] || others=$(printf '%s\n' "$others" | while read -r each_; do is_by_hand "$each_" || printf '%s\n' "$each_"; done)
  [ -z "$others" ] || unmet "on network $1 the name $2 is also that of container $(printf '%s' "$others" | paste -s -d ' ' -): remove it, or take that name from it (docker network disconnect and connect)"
}

# require_no_downgrade IMAGE: an older version cannot use a database that a newer one has migrated
require_no_downgrade() {
  was_=$(sed -n 's/^image=//p' "$manifest/.served" 2>/dev/null) || return 0
  from_=$(release_of "$was_") to_=$(release_of "$1")
  if [ -z "$from_" ] || [ -z "$to_" ] || [ "$from_" = "$to_" ]; then return 0; fi
  [ "$(printf '%s\n%s\n' "$from_" "$to_" | sort -V | head -n 1)" = "$from_" ] ||
    unmet "image $1 is older than $was_, which has migrated the database: take a backup back with \`npm run restore\` (it sets the image, too), or keep the newer image in the environment file"
}

# require_schedule EXPRESSION: systemd is there to run it, and knows it
require_schedule() {
  if [ ! -d /run/systemd/system ]; then
    unmet "backups.schedule needs systemd, and the host does not run it: take the setting out of the environment file, and have something else run \`npm run backup\` as often"
    return 0
  fi
  said=$(systemd-analyze calendar -- "$*" 2>&1) ||
    unmet "backups.schedule: systemd on the host does not know \"$*\" ($(printf '%s' "$said" | tail -n 1)): write it as in systemd.time(7), such as daily or Mon..Fri 03:00"
}

# release_of IMAGE: the numbers that its tag begins with, nothing where it has none
release_of() {
  printf '%s\n' "${1%@*}" | sed -n 's/^.*:v\{0,1\}\([0-9][0-9]*\(\.[0-9][0-9]*\)\{1,\}\)\([-+_].*\)\{0,1\}$/\1/p'
}

require_all() {
  begin_requirements
  ask_requirements
}

# Without an engine nothing else can be asked, and each answer would be about something else.
begin_requirements() {
  said=$(timeout 8 docker version -f '{{.Server.Version}}' 2>&1) ||
    fail "The host is not ready, and nothing was changed on it: Docker does not answer there. Start it (systemctl start docker), or install it: $(printf '%s\n' "$said" | tail -n 1)"
  look_around
}

# All of them at once, as most wait for the engine or for a container; told in their order, and once.
ask_requirements() {
  problems=$(
    number=0
    printf 'clock\n%s\n' "$requirements" | {
      while read -r what arguments; do
        number=$((number + 1))
        [ -z "$what" ] || ask_requirement "$number" "$what" "$arguments" &
      done
      wait
    } | sort -s -n -k 1,1 | cut -d ' ' -f 2- | awk '! told[$0]++'
  )
  ! printf '%s\n' "$problems" | grep -qxF '?' || exit 1
  [ -z "$problems" ] || fail "The host is not ready, and nothing was changed on it:
$problems"
}

# ask_requirement NUMBER WHAT ARGUMENTS: prints what is unmet, behind the number; `?` where it could not be asked
ask_requirement() {
  place=$1 asked=$2
  trap 'echo "$place ?"' EXIT
  set -e
  problems=
  # A schedule is full of wildcards.
  set -f
  # shellcheck disable=SC2086 # names and paths without blanks
  set -- $3
  set +f
  "require_$asked" "$@"
  trap - EXIT
  printf '%s\n' "$problems" | sed "1d; s/^/$place /"
}
