# Waits until the service answers 200 on its health path through its own network, and no longer.
#
# Expects   name: container; url: health URL as other containers reach it; env_file: names the secrets to mask;
#           image: its reference; backups and way_back: a command, may be missing; patience: seconds;
#           database_url: answers 200 only while the service can use its database (may be missing);
#           key, observed, container_key, container_observed: the records to write.
# Changes   restarts the container once where it stands stopped or still, has been crashing or has lost its database: what was
#           wrong has been put right by now. May run twice.
# Prints    how long it took; or the container's last words as soon as it exits or starts again on its own.

# ask URL: sets answer to what the service says there within 10 s: 200, refusal, or none. One that is busy with all that has
# waited for it is late.
ask() {
  if said=$(docker exec "$name" wget -q -t 1 -T "$(left)" -O /dev/null "$1" 2>&1); then
    answer=200
  elif [ $? -eq 8 ] || printf '%s' "$said" | grep -q 'HTTP/'; then
    answer=refusal
  else
    answer=none
  fi
}

answers() {
  ask "$1"
  [ "$answer" = 200 ]
}

# uses_database: false where the service says that it cannot. One that says nothing is waited for: a restart would cut off
# what it is busy with.
uses_database() {
  [ -n "${database_url-}" ] || return 0
  until answers "$database_url"; do
    [ "$answer" = none ] || return 1
    [ "$(date +%s)" -lt "$deadline" ] || give_up "answers at $url and has not at $database_url for $patience seconds"
    sleep 0.3
    wait_for_answer
  done
}

# stands_still: it has answered since it was started, so it is not starting, and says nothing
stands_still() {
  if [ "$(started_at)" != "$(sed -n 's/^since=//p' "$manifest/$key" 2>/dev/null)" ]; then
    # Where the record is lost. One that is unhealthy may never have answered, and migrate.
    [ "$(docker inspect -f '{{with .State.Health}}{{.Status}}{{end}}' "$name" 2>/dev/null)" = healthy ] || return 1
  fi
  ! answers "$url" && [ "$answer" = none ] && ! answers "$url"
}

started_at() {
  docker inspect -f '{{.State.StartedAt}}' "$name" 2>/dev/null || echo never
}

# left: seconds that are left for one more question, 1 to 10
left() {
  left_=$((deadline - $(date +%s)))
  [ "$left_" -lt 10 ] || left_=10
  [ "$left_" -gt 0 ] || left_=1
  printf '%s' "$left_"
}

# restart STATE
restart() {
  docker restart --time 10 "$name" >/dev/null || fail "container $name is $1 and does not start"
  # shellcheck disable=SC2046 # four words
  set -- $(look)
  restarts=$2
}

look() {
  docker inspect -f '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}} {{.State.OOMKilled}}' "$name" 2>/dev/null || echo missing 0 0 false
}

# exit_status SHOWN: of its last exit. While it runs again `docker inspect` shows 0.
exit_status() {
  died_=$(docker events --since "$started" --until "$(($(date +%s) + 1))" -f "container=$name" -f event=die \
    --format '{{.Actor.Attributes.exitCode}}' | tail -n 1)
  printf '%s' "${died_:-$1}"
}

give_up() {
  {
    last_words "$name" "$env_file"
    echo "Container $name $1. Its last lines stand above."
    hint
  } >&2
  exit 1
}

hint() {
  words=$(docker logs --tail 50 "$name" 2>&1)
  case $words in
    *"password authentication failed"*) echo "PostgreSQL refuses the password in $env_file. Deploy again: the plan names a role whose password was changed, and sets it back." ;;
    *pg_hba.conf*) echo "PostgreSQL's pg_hba.conf does not let it in: add a line for its role, its database and the networks it comes from." ;;
    *ECONNREFUSED* | *ENOTFOUND* | *EAI_AGAIN*) echo "The service could not reach its database: is PostgreSQL up, and are both on the same network?" ;;
    *"must be owner"* | *"permission denied for"*) echo "Tables in the database belong to another role, as after a restore by someone else: make the service's role their owner (REASSIGN OWNED, or ALTER TABLE … OWNER TO)." ;;
    *"heap out of memory"*) echo "Its heap was too small: raise memory in the environment file, or NODE_OPTIONS." ;;
  esac
  newest=$([ -z "${backups-}" ] || settled_backups | head -n 1)
  if [ -n "$newest" ] && [ -n "$(about "$newest" image)" ] && [ "$(served image)" != "${image-}" ]; then
    echo "To take it back to $(about "$newest" image), with the backup from before: $way_back"
  fi
  [ "$killed" != true ] || echo "It was killed for want of memory: raise memory in the environment file."
}

wait_for_answer() {
  while ! answers "$url"; do
    # shellcheck disable=SC2046 # four words
    set -- $(look)
    killed=${4:-false}
    if [ "$1" = missing ] && ! docker version >/dev/null 2>&1; then
      fail "Docker on the host stopped answering while $name was starting: was the engine restarted? Start it and deploy again."
    fi
    if [ "$1" != running ] || [ "$2" -gt "$restarts" ]; then
      give_up "is $1 (exit status $(exit_status "$3"), started again $2 times) instead of answering at $url"
    fi
    [ "$(date +%s)" -lt "$deadline" ] || give_up "has not answered at $url for $patience seconds"
    sleep 0.3
  done
}

# Waiting takes no lock: the site is put in place meanwhile. So one whose deploy was killed may wait beside that of the next
# deploy; the last to begin is the one that notes.
take_turn() {
  mkdir -p -- "$manifest"
  turn=$(new_salt)
  printf '%s\n' "$turn" >"$manifest/.waiting.$key"
}

lock_host_if_mine() {
  lock_host "the wait for $name"
  [ "$(cat -- "$manifest/.waiting.$key")" = "$turn" ] || fail "another deploy waits for container $name by now, so this one has noted nothing"
  rm -f -- "$manifest/.waiting.$key"
}

main() {
  started=$(date +%s)
  take_turn
  deadline=$((started + patience))
  # shellcheck disable=SC2046 # four words
  set -- $(look)
  restarts=$2
  killed=false
  if { [ "$1" != running ] || [ "$2" -gt 0 ]; } && ! answers "$url"; then
    restart "$1"
  elif stands_still; then
    restart "standing still"
  fi
  wait_for_answer
  if ! uses_database; then
    restart "without its database"
    wait_for_answer
    uses_database || give_up "answers at $url and not at $database_url: it cannot use its database"
  fi

  lock_host_if_mine
  { echo kind=container && echo "name=$name" && container_shape "$name" | sed 's/^/shape=/' && container_limits "$name" | sed 's/^/limit=/'; } | remember "$container_key" "$container_observed"
  # shellcheck disable=SC2046
  set -- $(look)
  printf 'kind=service\nname=%s\nrestarts=%s\nsince=%s\nurl=%s\ndatabase_url=%s\n' "$name" "$2" "$(started_at)" "$url" "${database_url-}" |
    remember "$key" "$observed"
  [ -z "${image-}" ] || note_served "$image" "$(docker inspect -f '{{.Image}}' "$name")"
  echo "$name answers at $url after $(($(date +%s) - started)) s"
}

main </dev/null
