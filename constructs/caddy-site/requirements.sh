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
  elif is_json "$2"; then
    unmet "$2 is JSON, and the app adds its site to a Caddyfile: correct caddy.caddyfile in the environment file, or start Caddy from a Caddyfile that yields the same"
  else
    output=$(path_in_caddy "$2" 2>&1) || unmet "$output"
  fi
  [ -z "$sites_directory" ] || [ -d "$sites_directory" ] ||
    unmet "$sites_directory is not a directory on the host: create it, or correct caddy.sitesDirectory in the environment file"
}

# is_json FILE: whether it is a configuration in JSON
is_json() {
  [ "$(head -c 1000 -- "$1" | tr -d '[:space:]' | head -c 2)" = '{"' ]
}

# require_loadable_site CONTAINER CADDYFILE SITE TEXT [SITES_DIRECTORY]: Caddy would load its configuration with the
# site in it, and runs nothing else than its Caddyfile yields. TEXT is one word, as for printf %b. What was loaded before
# is not tried in each plan. Other requirements check container and paths.
require_loadable_site() {
  caddy=$1 caddyfile=$2 site=$3 text=$(printf '%b' "$4") sites_directory=${5-}
  if [ "$(state_of "$1")" != running ] || [ ! -f "$2" ] || is_json "$2" || ! path_in_caddy "$2" >/dev/null 2>&1; then return 0; fi
  [ -z "$sites_directory" ] || [ -d "$sites_directory" ] || return 0
  # An apply repairs what a killed run has left, before it tries anything.
  if [ "${adopting-}" = yes ] || [ -d "$records/.writing" ]; then return 0; fi
  ! grep -qsxF -e "whole=$(tried "$text")" -- "$records"/* || return 0
  upstream_=$(upstream_of_another "$text")
  [ -z "$upstream_" ] || {
    unmet "another environment of this app keeps the site $site in Caddy, for its $upstream_: set subdomain in the environment file to a name of its own"
    return 0
  }
  [ -z "$(unmanaged_sites "$3" "$2")" ] || return 0
  output=$({ open_caddy && check_loadable "$text"; } 2>&1) || unmet "$output"
}

# upstream_of_another TEXT: prints the upstream of the site, if there is one that no record of this environment names and
# whose upstream is not that of TEXT. Two environments at one Caddy have different upstreams.
upstream_of_another() {
  ! grep -qsxF -e "site=$site" -- "$records"/* || return 0
  upstream_=$(current_site | sed -n 's/^[[:space:]]*reverse_proxy \([^ ]*\).*/\1/p')
  [ "$upstream_" = "$(printf '%s\n' "$1" | sed -n 's/^[[:space:]]*reverse_proxy \([^ ]*\).*/\1/p')" ] || printf '%s' "$upstream_"
}

# require_free_site SITE CADDYFILE: no one else has put the site into the Caddyfile, because Caddy refuses a second one
require_free_site() {
  if [ "${adopting-}" = yes ] || [ ! -f "$2" ]; then return 0; fi
  lines_=$(unmanaged_sites "$1" "$2" | awk '{ print $1 " to " $2 }' | paste -s -d , -)
  [ -z "$lines_" ] ||
    unmet "$2 has a site $1 in lines $lines_ that this app did not write: remove it (\`npx nocodb-host adopt\` does so if it adopts a NocoDB), or choose another subdomain"
}
