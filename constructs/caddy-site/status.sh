# The status of a site in Caddy. See remote-host/status.sh.
#
# Changes   nothing.
# Needs     remote-host/status.sh caddy-site/requirements.sh caddy-site/drift.sh caddy-site/ask-site.sh

# set_site CADDY CADDYFILE SITE HEALTH_PATH
set_site() {
  caddy=$1 caddyfile=$2 site=$3 health_path=$4
}

# status_site CONTAINER CADDY CADDYFILE SITE HEALTH_PATH [SITES_DIRECTORY]: Caddy serves the site as the last deploy left
# it. Without the service's container, Caddy holds requests.
status_site() {
  container_=$1
  shift
  set_site "$@"
  meets caddy "$caddy" "$caddyfile" ${5+"$5"} || return 0
  find_drift drift_site site site "$site"
  { [ -z "$wrong" ] && is_running "$container_"; } || return 0
  find_port
  if ! site_answers "$rows/.$number.curl"; then
    wrong="https://$site does not answer at Caddy (container $caddy, port $port): $(tail -n 1 "$rows/.$number.curl")" fix="docker logs $caddy, on the host, says why"
    return 0
  fi
  fact="$asked answers $code to the host"
  case $code in 5??) wrong="$asked answers $code to the host" fix="docker logs $caddy, on the host, says why" ;; esac
}

# status_certificate CADDY CADDYFILE SITE HEALTH_PATH: it is valid, and not due for renewal: Caddy renews a certificate
# when a third of its time is left
status_certificate() {
  set_site "$@"
  is_running "$caddy" || return 0
  find_port
  site_answers "$rows/.$number.curl" -k -v || true
  from_=$(certificate_line 'start date') to_=$(certificate_line 'expire date')
  if [ -z "$to_" ]; then
    unknown="Caddy (container $caddy) shows no certificate for $site at port $port, or curl on the host cannot show it"
    return 0
  fi
  from_=$(date -d "$from_" +%s) to_=$(date -d "$to_" +%s) now_=$(date +%s)
  fact="valid for $(age "$((to_ - now_))") more, until $(date -u -d "@$to_" '+%Y-%m-%d %H:%M UTC'), issued by $(certificate_line issuer | sed 's/.*CN *= *//; s/[,;].*//')"
  fix="docker logs $caddy, on the host, says why it was not renewed"
  if [ "$to_" -le "$now_" ]; then
    wrong="the certificate of $site has expired, $(since "$to_") ago"
  elif [ "$((4 * (to_ - now_)))" -lt "$((to_ - from_))" ]; then
    wrong="$fact: Caddy should have renewed it"
  fi
}

# certificate_line NAME: prints what curl -v has said of the certificate
certificate_line() {
  sed -n "s/^\*  *$1: *//p" "$rows/.$number.curl" | head -n 1
}

# status_gate CADDY CADDYFILE SITE HEALTH_PATH: the answers to each address of the host, as CODE:ADDRESS. What they mean
# depends on who is inside the VPN.
status_gate() {
  set_site "$@"
  is_running "$caddy" || return 0
  find_port
  fact=$(
    for address_ in $(hostname -I | tr ' ' '\n' | grep -v : | head -n 10); do
      {
        ! site_answers "$rows/.$number.$address_" -m 5 --interface "$address_" || printf '%s:%s\n' "$code" "$address_"
      } &
    done
    wait
  )
  [ -n "$fact" ] || unknown="the site answers to none of the host's addresses"
}
