# The smoke test after a deploy: container, health in the container, site at Caddy, database.
#
# Expects   $name, $image, $url, $secrets: as in service-container/wait-healthy.sh; $caddy, $site, $health_path;
#           $database_container, $superuser, $database; $service; $requirements: for drift checks without Terraform.
# Changes   only the record of the requirements. May run twice.
# Prints    one line for each check that passes; fails with the first that does not.
# Needs     service-container/lib.sh postgres-database/sql.sh remote-host/record.sh

# request ADDRESS [curl options]: prints the HTTP status of Caddy
request() {
  address=$1
  shift
  curl -sS -m 10 -o /dev/null -w '%{http_code}' --connect-to "$site:443:$address:443" "$@" "https://$site$health_path" 2>"$output"
}

# site_answers: sets code to an HTTP status or `refused`. The host is outside the VPN, so a refusal counts as an answer.
# A site with a certificate of Caddy's own authority (local_certs) is checked against that authority.
site_answers() {
  for address in $(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$caddy"); do
    code=$(request "$address") && return
    if grep -qE 'certificate|\(60\)' "$output" &&
      docker exec "$caddy" sh -c 'cat "${XDG_DATA_HOME:-$HOME/.local/share}/caddy/pki/authorities/local/root.crt"' >"$authority" 2>/dev/null; then
      code=$(request "$address" --cacert "$authority") && return
    fi
    # A refusal by `abort` in the VPN snippet closes the connection after the handshake.
    if grep -qE '\((52|56|92)\)' "$output"; then code=refused && return; fi
  done
  return 1
}

check_site_answers() {
  until site_answers; do
    [ "$(date +%s)" -lt "$deadline" ] ||
      fail "https://$site has not answered at Caddy (container $caddy) for 60 s: $(cat "$output"). A first certificate can take longer: see docker logs $caddy, then deploy again."
    sleep 1
  done
  case $code in
    [234]?? | refused) echo "site https://$site: answers $code, asked from the host" ;;
    *) fail "https://$site answers $code at Caddy (container $caddy)" ;;
  esac
}

main() {
  deadline=$(($(date +%s) + 60))
  # The names are fixed, so the next run removes files that a killed run has left.
  output=$records/.smoke-test-$service.output authority=$records/.smoke-test-$service.authority
  trap 'rm -f -- "$output" "$authority"' EXIT

  echo "container $name: $(docker inspect -f '{{.State.Status}}, started {{.State.StartedAt}}' "$name"), image $image"
  docker logs --tail 3 "$name" 2>&1 | masked "$secrets/values" | sed 's/^/  log: /'
  # It may answer late, because all requests that waited at Caddy arrive at once.
  docker exec "$name" wget -q -t 1 -T 60 -O /dev/null "$url" || fail "container $name does not answer at $url any more"
  echo "health $url: 200"
  check_site_answers
  owner=$(sql "$database_container" "$superuser" -v database="$database" <<'SQL'
SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :'database';
SQL
  )
  [ -n "$owner" ] || fail "database $database is not listed by PostgreSQL in container $database_container"
  echo "database $database: listed, owner $owner"
  printf '%s\n' "$requirements" | write_record .requirements recorded
}

main </dev/null
