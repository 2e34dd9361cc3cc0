# The last step before the container is created, while the former one serves: everything in a replacement that can fail.
#
# Expects   $name, $label, $image: the container that is about to be created; $grace_period: in seconds; $service;
#           $requirements; [$checked]: see remote-host/require.sh; [$service_kind] [$backups] [$keep] [$database_container] [$superuser] [$database] [$role]
#           [$data_directory] [$secrets] [$pinned_secrets]: without them no backup is made; [$copy_to] [$copy_days]
#           [$copy_secrets]: see backup/copy/lib.sh; [$patience]: seconds in which a requirement may become met if the
#           service is down, 60 by default.
# Changes   makes a backup if another image is to start and there is no recent one; sets the former container of that
#           name and label aside, also one that is not in the state (the state was lost, or a deploy was killed after it
#           created the container). May run twice.
# Prints    nothing, or why the new container must not be created; then the former one keeps serving.
# Fails     any other requirement was met in the plan and is not any more: all
# Needs     service-container/aside.sh backup/lib.sh backup/copy/lib.sh remote-host/require.sh **/requirements.sh

# is_serving: whether a container of the service runs
is_serving() {
  container_runs "$name" || former_runs
}

# check_again: all requirements were met in the plan, which may be old. If the service is down, what has changed since may
# pass, such as a restart of PostgreSQL.
check_again() {
  if met_in_this_run; then
    return
  elif [ -n "$serving" ] || [ -z "$(served image)" ]; then
    require_all
    return
  fi
  deadline=$(($(date +%s) + ${patience:-60}))
  until requirements_hold "$problems_file"; do
    [ "$(date +%s)" -lt "$deadline" ] ||
      fail "$service is down, and a new container cannot be created yet. Fix this, and deploy again:
$(cat -- "$problems_file")"
    sleep 2
  done
}

# check_directories: whether they are writable. A deploy writes to them later.
check_directories() {
  for each in "${secrets%/*}" "$data_directory"; do
    [ -d "$each" ] || continue
    rm -f -- "$each"/.test_file.??????
    test_file=$(mktemp -- "$each/.test_file.XXXXXX") || fail "$each cannot be written, so the old container was left running: the reason is above"
    rm -f -- "$test_file"
  done
}

# check_room: whether the backup has left enough room for the new container
check_room() {
  requirements_hold "$problems_file" ||
    fail "The backup is made, but the host is not ready for the new container any more, so the old one was left running:
$(cat -- "$problems_file")"
}

main() {
  lock_host "the checks before the container is created"
  problems_file=$(scratch)
  trap 'rm -f -- "$problems_file"' EXIT
  serving=
  ! is_serving || serving=serving
  check_again
  [ -z "$serving" ] || [ -z "${backups-}" ] || check_directories
  ensure_backup_before "$image" "$serving"
  [ -z "${backup-}" ] || copy_in_background
  [ -z "$serving" ] || [ -z "${backup-}" ] || check_room
  set_aside
}

main </dev/null
