# Everything in a replacement that can fail, done while the old container still serves.
#
# Expects   $image: of the next container; $site and $text (may be empty), $caddy, $caddyfile,
#           $sites_directory: the next site; $upstream: its service, name:port; $grace_period: in seconds; $service;
#           $requirements; [$service_kind] [$backups] [$keep] [$database_container] [$superuser] [$database] [$role]
#           [$data_directory] [$secrets] [$pinned_secrets]: without
#           them no backup is made; [$copy_to] [$copy_days] [$copy_secrets]: see backup/copy/lib.sh.
# Changes   pulls the image if it is missing, makes a backup if the image is another one, and finally makes Caddy hold
#           requests to the service for some seconds. May run twice.
# Prints    what it pulls, or why the replacement must not begin; then the old container keeps serving.
# Needs     backup/lib.sh backup/copy/lib.sh caddy-site/lib.sh caddy-site/hold.sh remote-host/require.sh **/requirements.sh

main() {
  lock_host "the checks before a replacement" 60
  require_all
  if ! docker image inspect -- "$image" >/dev/null 2>&1; then
    echo "pulling $image while the old container serves"
    pulled=yes
    output=$(docker pull -q -- "$image" 2>&1) ||
      fail "image $image cannot be pulled, so the old container was left running: $(printf '%s' "$output" | tail -n 1). Correct image in the environment file, or check the host's connection to the registry."
  fi
  [ -z "${backups-}" ] || check_directories
  [ -z "$site" ] || check_site
  ensure_backup_before "$image" serving
  [ -z "${backup-}" ] || copy_in_background
  [ -z "${pulled-}${backup-}" ] || check_room
  [ -z "$site" ] || hold_requests "${upstream%:*}" "$grace_period"
}

# check_room: whether image and backup have left enough room for the new container
check_room() {
  problems_file=$(scratch)
  trap 'rm -f -- "$problems_file"' EXIT
  requirements_hold "$problems_file" ||
    fail "The image is pulled and the backup is made, but the host is not ready for the new container any more, so the old one was left running:
$(cat -- "$problems_file")"
}

# check_directories: whether they are writable. A deploy writes to them after it has removed the old container.
check_directories() {
  for each in "${secrets%/*}" "$data_directory"; do
    [ -d "$each" ] || continue
    rm -f -- "$each"/.test_file.??????
    test_file=$(mktemp -- "$each/.test_file.XXXXXX") || fail "$each cannot be written, so the old container was left running: the reason is above"
    rm -f -- "$test_file"
  done
}

# check_site: whether Caddy would load the next site
check_site() {
  errors=$({ open_caddy && check_loadable "$text"; } 2>&1) || fail "The old container was left running: $errors"
}

main </dev/null
