# The site, asked at Caddy from this host.
#
# Expects   $caddy: container; $caddyfile: path on this host; $site: host name; $health_path.
# Changes   nothing.
# Needs     caddy-site/configuration.sh caddy-site/answers.sh

# find_port: sets port to that of the site in the configuration that Caddy runs
find_port() {
  open_caddy
  lines=$(running) || exit 1
  port=$(printf '%s\n' "$lines" | servers_of "$site" | sed -n '1s/.* //p')
  [ -n "$port" ] || fail "Caddy (container $caddy) does not serve a site $site: see docker logs $caddy, then deploy again"
}

# site_answers OUTPUT [CURL OPTIONS]: sets code to an HTTP status or `refused`, asked to the address, and remark. The host
# is outside the VPN, so a refusal counts as an answer. Caddy answers with the certificate of this name or not at all.
# Curl's message is left in the file OUTPUT.
site_answers() {
  output=$1 remark=
  shift
  answer=$(status_at "$site" "$port" "$health_path" "$@" 2>"$output") ||
    if grep -qE 'certificate|\(60\)' "$output" && answer=$(status_at "$site" "$port" "$health_path" -k "$@" 2>"$output"); then
      remark=", with a certificate whose issuer this host does not trust"
    fi
  # A refusal by `abort` in the VPN snippet closes the connection after the handshake.
  if [ -z "$answer" ] && grep -qE '\((52|56|92)\)' "$output"; then answer="refused https://$site"; fi
  [ -n "$answer" ] || return 1
  code=${answer%% *} asked=${answer#* }
}
