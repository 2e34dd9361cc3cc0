# Drift of a site in Caddy. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh caddy-site/lib.sh

drift_site() {
  caddy=$(record_value caddy) caddyfile=$(record_value caddyfile) sites_directory=$(record_value sites_directory) site=$(record_value site)
  container_is_gone "$caddy" && return
  if [ -d "$records/.writing" ]; then
    drift="site half written"
    return
  fi
  if [ ! -f "$caddyfile" ]; then
    drift="Caddyfile missing"
    return
  fi
  if ! now=$(current_site && printf x); then exit 1; fi
  now=${now%x}
  if [ -z "$now" ]; then
    drift="site missing"
  elif [ "$(printf '%s' "$now" | fingerprint "$(record_value salt)")" != "$(record_value fingerprint)" ]; then
    drift="site edited"
  elif ! is_current_in_caddy "$caddyfile"; then
    drift="Caddyfile replaced by rename, container $caddy reads an older one"
  fi
}
