# A site that Caddy serves. See caddy.sh.
#
# Expects   key, observed, caddy, caddyfile, sites_directory, site, text: the site's block as it shall stand.
# Changes   the site's own file or marked block, and reloads Caddy. Validated before; put back where Caddy refuses it.
#           May run twice.
# Prints    nothing, or why it refused.
main() {
  lock_host "the site $site"
  lock_caddyfile
  refresh_caddyfile
  file=$(site_file)
  candidate=$(scratch)
  trap 'rm -f -- "$candidate"' EXIT
  printf '%s\n' "$text" | file_with_site >"$candidate"

  trouble=$(validate "$file" "$site" <"$candidate" 2>&1) || fail "Caddy would not load its configuration with the site $site in it, so nothing was changed: $trouble"
  install_file "$file" "$candidate"

  salt=$(new_salt)
  remember "$key" "$observed" <<RECORD
kind=site
caddy=$caddy
caddyfile=$caddyfile
sites_directory=$sites_directory
site=$site
salt=$salt
whole=$(fingerprint caddyfile <"$caddyfile")
print=$(site_now | fingerprint "$salt")
RECORD
}

main </dev/null
