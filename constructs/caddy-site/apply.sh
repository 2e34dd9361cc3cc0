# Makes Caddy serve a site.
#
# Expects   $key, $status, $caddy, $caddyfile, $sites_directory, $site, $text: the site's block.
# Changes   writes the site's own file or marked block, and reloads Caddy. The configuration is validated before, and
#           put back if Caddy refuses it. May run twice.
# Prints    nothing, or why it refused.
# Needs     caddy-site/lib.sh

main() {
  lock_host "the site $site"
  lock_caddyfile
  refresh_caddyfile
  file=$(site_file)
  candidate=$(scratch)
  trap 'rm -f -- "$candidate"' EXIT
  printf '%s\n' "$text" | file_with_site >"$candidate"

  errors=$(validate "$file" "$site" <"$candidate" 2>&1) || fail "Caddy would not load its configuration with the site $site in it, so nothing was changed: $errors"
  install_file "$file" "$candidate"

  salt=$(new_salt)
  write_record "$key" "$status" <<RECORD
kind=site
caddy=$caddy
caddyfile=$caddyfile
sites_directory=$sites_directory
site=$site
salt=$salt
whole=$(fingerprint caddyfile <"$caddyfile")
fingerprint=$(current_site | fingerprint "$salt")
RECORD
}

main </dev/null
