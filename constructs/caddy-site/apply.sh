# Makes Caddy serve a site.
#
# Expects   $key, $status, $caddy, $caddyfile, $sites_directory, $site, $text: the site's block.
# Changes   writes the site's own file or marked block, and reloads Caddy. The configuration is tried before,
#           and put back if Caddy refuses it or another site stops answering. May run twice.
# Prints    nothing, or why it refused.
# Fails     Caddy is stopped, or does not see the Caddyfile: caddy
#           Caddy would not load the site, runs something else, or has no admin endpoint: loadable_site
#           someone else has written the site: free_site
# Needs     caddy-site/lib.sh

main() {
  lock_host "the site $site"
  lock_caddyfile
  file=$(site_file)
  candidate=$(scratch)
  trap 'rm -f -- "$candidate"' EXIT
  printf '%s\n' "$text" | file_with_site >"$candidate"
  errors=$(check_loadable "$text" 2>&1) || fail "Nothing was changed: $errors"
  refresh_caddyfile
  install_file "$file" "$candidate"

  salt=$(new_salt)
  write_record "$key" "$status" <<RECORD
kind=site
caddy=$caddy
caddyfile=$caddyfile
sites_directory=$sites_directory
site=$site
salt=$salt
whole=$(tried "$text")
loaded=$(running | fingerprint running)
fingerprint=$(current_site | fingerprint "$salt")
RECORD
}

main </dev/null
