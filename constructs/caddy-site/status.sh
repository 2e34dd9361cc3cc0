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
  if ! site_answers "$rows/.$row.curl"; then
    wrong="https://$site does not answer at Caddy (container $caddy, port $port): $(tail -n 1 "$rows/.$row.curl")" fix="docker logs $caddy, on the host, says why"
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
  site_answers "$rows/.$row.curl" -k -v || true
  from_=$(certificate_line 'start date') to_=$(certificate_line 'expire date')
  if [ -z "$to_" ]; then
    unknown="Caddy (container $caddy) shows no certificate for $site at port $port, or curl on the host cannot show it"
    return 0
  fi
  from_=$(date -d "$from_" +%s) to_=$(date -d "$to_" +%s) now_=$(date +%s)
  fact="valid for $(age "$((to_ - now_))") more, until $(date -u -d "@$to_" '+%Y-%m-%d %H:%M UTC'), issued by $(certificate_line issuer | sed 's/.*CN *= *//; s/[,;].*//')"
  fix="docker logs $caddy, on the host, says why it was not renewed"
  if [ "$to_" -le "$now_" ]; then
    wrong="the certificate of $site has expired, $(time_since "$to_") ago"
  elif [ "$((4 * (to_ - now_)))" -lt "$((to_ - from_))" ]; then
    wrong="$fact: Caddy should have renewed it"
  fi
}

# certificate_line NAME: prints what curl -v has said of the certificate
certificate_line() {
  sed -n "s/^\*  *$1: *//p" "$rows/.$row.curl" | head -n 1
}

# status_gate CADDY CADDYFILE SITE HEALTH_PATH: the answers to each address of the host, as CODE:ADDRESS. What they mean
# depends on who is inside the VPN.
status_gate() {
  set_site "$@"
  is_running "$caddy" || return 0
  find_port
  site_answers "$rows/.$row.curl" || true
  if [ -z "$answer" ]; then
    unknown="the site does not answer at Caddy (container $caddy, port $port)"
    return 0
  fi
  fact=$(answers_to_addresses | sort -u | paste -s -d ' ' -)
  [ -n "$fact" ] || fact=$code:host
}

# answers_to_addresses: asks from each address of the host at each of Caddy's, all at once. Most pairs have no way to
# each other.
answers_to_addresses() {
  for from_ in $(hostname -I | tr ' ' '\n' | grep -v : | head -n 10); do
    for to_ in $(inspected "$caddy" address | grep -v :); do
      ask_from "$from_" "$to_" &
    done
  done
  wait
}

# ask_from ADDRESS CADDY_ADDRESS: prints the answer, nothing if there is none
ask_from() {
  code_=$(curl -q -sS -k --connect-timeout 2 -m 4 --noproxy '*' -o /dev/null -w '%{http_code}' --interface "$1" --connect-to "::$2:$port" \
    "${asked%%:*}://$site:$port$health_path" 2>"$rows/.$row.$1.$2") || true
  if [ "$code_" != 000 ]; then
    printf '%s:%s\n' "$code_" "$1"
  elif grep -qE '\((52|56|92)\)' "$rows/.$row.$1.$2"; then
    printf 'refused:%s\n' "$1"
  fi
}
