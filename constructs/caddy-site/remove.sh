# Removes a site from Caddy's configuration.
#
# Expects   $caddy, $caddyfile, $sites_directory, $site.
# Changes   removes the site's own file or marked block, and its record, and reloads Caddy; the rest of the Caddyfile
#           stays byte for byte the same. Does nothing if the site does not exist. May run twice.
# Prints    nothing, or why it refused.
# Needs     caddy-site/lib.sh

# remove_without_caddy: removes the site if Caddy's container or the Caddyfile does not exist any more
remove_without_caddy() {
  if [ -n "$sites_directory" ]; then
    rm -f -- "$(site_file)"
  elif [ -f "$caddyfile" ]; then
    set_marks "$site"
    locate_block "$caddyfile"
    [ "$begin" -gt 0 ] || return 0
    rest=$(scratch)
    file_without_block "$caddyfile" >"$rest"
    cat -- "$rest" >"$caddyfile"
    rm -f -- "$rest"
  fi
}

remove_site() {
  if [ ! -f "$caddyfile" ] || ! docker container inspect "$caddy" >/dev/null 2>&1; then
    remove_without_caddy
    return
  fi
  lock_caddyfile
  current=$(current_site)
  [ -n "$current" ] || return 0
  errors=$(check_current 2>&1) || fail "The site $site was not removed: $errors"
  refresh_caddyfile
  if [ -n "$sites_directory" ]; then
    install_file "$(site_file)"
    return
  fi
  set_marks "$site"
  candidate=$(scratch)
  trap 'rm -f -- "$candidate"' EXIT
  file_without_block "$caddyfile" >"$candidate"
  install_file "$caddyfile" "$candidate"
}

main() {
  lock_host "the removal of the site $site"
  remove_site
  remove_records site site "$site"
}

main </dev/null
