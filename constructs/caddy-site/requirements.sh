# Requirements of sites in Caddy. See remote-host/require.sh.
#
# Expects   $records.
# Changes   nothing.
# Needs     remote-host/require.sh caddy-site/lib.sh caddy-site/unmanaged.sh

# require_caddy CONTAINER CADDYFILE [SITES_DIRECTORY]: Caddy runs, and both paths exist and are mounted in it
require_caddy() {
  caddy=$1 caddyfile=$2 sites_directory=${3-}
  require_running "$1" caddy.container || return 0
  if [ ! -f "$2" ]; then
    unmet "$2 is not a file on the host: correct caddy.caddyfile in the environment file"
  else
    if output=$(path_in_caddy "$2" 2>&1); then require_sound_caddyfile; else unmet "$output"; fi
  fi
  [ -z "$sites_directory" ] || [ -d "$sites_directory" ] ||
    unmet "$sites_directory is not a directory on the host: create it, or correct caddy.sitesDirectory in the environment file"
}

# require_sound_caddyfile: Caddy would load the Caddyfile. One that it has loaded before is not validated in each plan.
require_sound_caddyfile() {
  ! grep -qsxF -e "whole=$(fingerprint caddyfile <"$caddyfile")" -- "$records"/* || return 0
  output=$(validate "$caddyfile" "" <"$caddyfile" 2>&1) ||
    unmet "Caddy in container $caddy would not load $caddyfile as it is: $(printf '%s\n' "$output" | tail -n 1). Fix that first"
}

# require_free_site SITE CADDYFILE: no one else has put the site into the Caddyfile, because Caddy refuses a second one
require_free_site() {
  if [ "${adopting-}" = yes ] || [ ! -f "$2" ]; then return 0; fi
  lines_=$(unmanaged_sites "$1" "$2" | awk '{ print $1 " to " $2 }' | paste -s -d , -)
  [ -z "$lines_" ] ||
    unmet "$2 has a site $1 in lines $lines_ that this app did not write: remove it (\`npx nocodb-host adopt\` does so if it adopts a NocoDB), or choose another subdomain"
}
