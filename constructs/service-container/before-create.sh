# The last step before the container is created, after the old one was removed.
#
# Expects   $name, $label, $image: the container that is about to be created; $grace_period: in seconds; $service;
#           $requirements;
#           [$service_kind] [$backups] [$keep] [$database_container] [$superuser] [$database] [$role]
#           [$data_directory] [$secrets] [$pinned_secrets]: without them no backup is made; [$patience]: seconds in which
#           a requirement may become met if the service is down, 60 by default.
# Changes   removes a container of that name and label that is not in the state (the state was lost, or a deploy was
#           killed after it created the container); makes a backup if there is no recent one. May run twice.
# Prints    nothing, or which requirements are unmet, and that the service is down.
# Fails     any other requirement was met in the plan and is not any more: all
# Needs     backup/lib.sh remote-host/require.sh **/requirements.sh

# is_down: whether the service has served, and has no container any more
is_down() {
  [ -n "$(served image)" ] && ! docker container inspect -- "$name" >/dev/null 2>&1
}

# check_again: the guard has checked everything while the old container served. What has changed since may pass, such as
# a restart of PostgreSQL.
check_again() {
  if ! is_down; then
    require_all
    return
  fi
  problems_file=$(scratch)
  trap 'rm -f -- "$problems_file"' EXIT
  deadline=$(($(date +%s) + ${patience:-60}))
  until requirements_hold "$problems_file"; do
    [ "$(date +%s)" -lt "$deadline" ] ||
      fail "$service is down: its old container is removed, and a new one cannot be created yet. Fix this, and deploy again:
$(cat -- "$problems_file")"
    sleep 2
  done
}

main() {
  lock_host "the checks before the container is created"
  check_again
  for orphan in $(docker ps -aq --no-trunc --filter "name=^/$name\$" --filter "label=$label"); do
    docker stop --time "$grace_period" "$orphan" >/dev/null
    docker rm -f "$orphan" >/dev/null
  done
  ensure_backup_before "$image"
  [ -z "${backups-}" ] || record_started "$image"
}

main </dev/null
