# Takes a site out of Caddy's configuration. See caddy.sh.
#
# Expects   caddy, caddyfile, sites_directory, site.
# Changes   removes the site's own file or marked block and reloads Caddy; the rest of the Caddyfile is to the byte what
#           it was before the site came. Nothing to do where there is none. May run twice.
# Prints    nothing, or why it refused.
# Caddy's container or its Caddyfile is gone or has another name by now: nothing to validate or to reload.
remove_from_what_is_left() {
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

main() {
  lock_host "the removal of the site $site"
  if [ ! -f "$caddyfile" ] || ! docker container inspect "$caddy" >/dev/null 2>&1; then
    remove_from_what_is_left
    return
  fi
  lock_caddyfile
  refresh_caddyfile
  file=$(site_file)
  if [ -n "$sites_directory" ]; then
    [ ! -f "$file" ] || install_file "$file"
    return
  fi
  set_marks "$site"
  locate_block "$caddyfile"
  [ "$begin" -gt 0 ] || return 0
  candidate=$(scratch)
  trap 'rm -f -- "$candidate"' EXIT
  file_without_block "$caddyfile" >"$candidate"
  trouble=$(validate "$caddyfile" "" <"$candidate" 2>&1) || fail "Caddy would not load its configuration without the site $site, so nothing was changed: $trouble"
  install_file "$caddyfile" "$candidate"
}

main </dev/null
