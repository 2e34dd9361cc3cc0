# Whether the site answers, and the days that are left of its certificate.
#
# Expects   what alerts/check.sh expects; $now: seconds since 1970; $held: what is at work on this host, if anything is.
# Changes   nothing.
# Needs     alerts/findings.sh caddy-site/answers.sh caddy-site/configuration.sh

# certificate_at PORT: prints the first and the last second of the certificate that Caddy has for the site. That takes only
# the handshake: while the service is down, Caddy holds the request.
certificate_at() {
  addresses_=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' -- "$caddy" 2>/dev/null) || return 0
  # On the network of the host it has none.
  for address_ in ${addresses_:-127.0.0.1}; do
    dates_=$(curl -q -k -v -s -m 4 --noproxy '*' -o /dev/null --connect-to "::$address_:$1" "https://$site:$1$health_path" 2>&1 |
      sed -n 's/^\*[[:space:]]*\(start\|expire\) date: //p')
    [ "$(printf '%s\n' "$dates_" | grep -c .)" = 2 ] || continue
    printf '%s\n' "$dates_" | while IFS= read -r date_; do date -d "$date_" +%s; done | paste -s -d ' ' -
    return
  done
}

# site_port: prints the port of the site in the configuration that Caddy runs
site_port() {
  open_caddy >/dev/null 2>&1 && running 2>/dev/null | servers_of "$site" | sed -n '1s/.* //p'
}

# site_answer: prints the dates of the site's certificate and its port, or `- PORT` if it answers without one; nothing if
# it does not answer
site_answer() {
  port_=$(state_value site_port)
  for each_ in "${port_:-443}" ask; do
    [ "$each_" != ask ] || each_=$(site_port) || return 0
    dates_=$(certificate_at "$each_")
    [ -n "$dates_" ] || ! status_at "$site" "$each_" "$health_path" >/dev/null 2>&1 || dates_=-
    [ -z "$dates_" ] || break
  done
  [ -z "$dates_" ] || printf '%s %s' "$dates_" "$each_"
}

# site_problem: prints a problem if the site does not answer, or what site_answer prints behind `= `
site_problem() {
  answer_=$(site_answer)
  if [ -n "$answer_" ]; then echo "= $answer_"; else echo "Caddy (container $caddy) does not answer for https://$site"; fi
}

# watch_site: the site, and the days that are left of its certificate
watch_site() {
  [ -z "$held" ] || exit 0
  answer_=$(lasting site_problem) || exit 0
  case $answer_ in
    "= "*) answer_=${answer_#= } ;;
    *)
      finding site problem "$answer_" "docker logs --tail 50 $caddy on the host says why"
      # The certificate is as it was.
      exit 0
      ;;
  esac
  printf 'set\tsite_port\t%s\n' "${answer_##* }"
  case $answer_ in '- '*) return 0 ;; esac
  start_=${answer_%% *} end_=${answer_#* }
  end_=${end_% *}
  figure cdktf_service_certificate_expiry_timestamp_seconds "$end_"
  limit_=$((certificate_days * 86400)) sixth_=$(((end_ - start_) / 6))
  [ "$limit_" -lt "$sixth_" ] || limit_=$sixth_
  left_=$((end_ - now))
  [ "$left_" -ge "$limit_" ] ||
    finding site:certificate problem "the certificate of https://$site ends in $((left_ / 86400)) days, at $(date -u -d "@$end_" '+%Y-%m-%d %H:%M UTC'), and was not renewed" \
      "docker logs $caddy on the host says why Caddy cannot renew it"
}
