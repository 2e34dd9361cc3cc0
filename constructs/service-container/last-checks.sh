# What is tried while the former version of a service serves: everything that can fail before a new one starts.
#
# Expects   those of before-create.sh; a function is_serving of the program.
# Changes   makes a backup if another image is to start and there is no recent one.
# Needs     service-container/served.sh backup/lib.sh backup/copy/lib.sh remote-host/require.sh **/requirements.sh

# try_everything: fails with the reason if a new version must not start now
try_everything() {
  problems_file=$(scratch)
  trap 'rm -f -- "$problems_file"' EXIT
  serving=
  ! is_serving || serving=serving
  check_again
  [ -z "$serving" ] || [ -z "${backups-}" ] || check_directories
  ensure_backup_before "$image" "$serving"
  [ -z "${backup-}" ] || copy_in_background
  [ -z "$serving" ] || [ -z "${backup-}" ] || check_room
}

# check_again: all requirements were met in the plan, which may be old. If the service is down, what has changed since may
# pass, such as a restart of PostgreSQL.
check_again() {
  if met_in_this_run; then
    # Since then, the provider has pulled the image.
    (
      requirements=$(printf '%s\n' "$requirements" | grep '^room ') || exit 0
      require_all
    ) || exit
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
