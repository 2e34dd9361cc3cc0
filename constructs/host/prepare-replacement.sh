# Everything about a replacement that can fail, tried while the old container still serves.
#
# Expects   requirements; image: of the next container; site and text (may be empty), caddy, caddyfile, sites_directory:
#           the site as it shall stand; upstream: its service, name:port; what backup.sh expects.
# Changes   pulls the image where it is missing, makes a backup where the image is another one, and at last has Caddy hold
#           requests to the service for some seconds. May run twice.
# Prints    what it pulls, or why the replacement must not begin; the old container then goes on serving.
main() {
  lock_host "what comes before a replacement" 60
  require_all
  if ! docker image inspect -- "$image" >/dev/null 2>&1; then
    echo "pulling $image while the old container serves"
    said=$(docker pull -q -- "$image" 2>&1) ||
      fail "image $image cannot be had, so the old container was left running: $(printf '%s' "$said" | tail -n 1). Correct image in the environment file, or check the host's way to the registry."
  fi
  [ -z "${backups-}" ] || check_directories
  [ -z "$site" ] || check_site
  ensure_backup_before "$image" serving
  [ -z "$site" ] || hold_requests "${upstream%:*}"
}

# What is written between the old container and the new one.
check_directories() {
  for each in "${env_file%/*}" "$data_directory"; do
    [ -d "$each" ] || continue
    rm -f -- "$each"/.tried.??????
    tried=$(mktemp -- "$each/.tried.XXXXXX") || fail "$each cannot be written, so the old container was left running: the reason stands above"
    rm -f -- "$tried"
  done
}

check_site() {
  candidate=$(scratch)
  trap 'rm -f -- "$candidate"' EXIT
  printf '%s\n' "$text" | file_with_site >"$candidate"
  trouble=$(validate "$(site_file)" "$site" <"$candidate" 2>&1) ||
    fail "Caddy would not load its configuration with the site $site in it, so the old container was left running: $trouble"
}

main </dev/null
