# The proof after a deploy: container, health inside, site at Caddy, database.
#
# Expects   name, image, url, env_file: as await-serving.sh; caddy, site, health_path; database_container, superuser, database;
#           manifest; requirements: what must be there on the host, for a look without Terraform.
# Changes   nothing but the note of the requirements. May run twice.
# Prints    one line for each thing that is as it shall be; fails with the first that is not.

# ask ADDRESS [curl options]: the status Caddy answers with. The host stands outside the VPN, so a refusal counts.
ask() {
  address=$1
  shift
  curl -sS -m 10 -o /dev/null -w '%{http_code}' --connect-to "$site:443:$address:443" "$@" "https://$site$health_path" 2>"$said"
}

# A site with a certificate of Caddy's own authority (local_certs) is checked against that authority.
site_answers() {
  for address in $(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$caddy"); do
    code=$(ask "$address") && return
    if grep -qE 'certificate|\(60\)' "$said" &&
      docker exec "$caddy" sh -c 'cat "${XDG_DATA_HOME:-$HOME/.local/share}/caddy/pki/authorities/local/root.crt"' >"$authority" 2>/dev/null; then
      code=$(ask "$address" --cacert "$authority") && return
    fi
    # A refusal by `abort` in the VPN snippet closes the connection after the handshake.
    if grep -qE '\((52|56|92)\)' "$said"; then code=refused && return; fi
  done
  return 1
}

prove_site() {
  until site_answers; do
    [ "$(date +%s)" -lt "$deadline" ] ||
      fail "https://$site does not answer at Caddy (container $caddy) for 60 s: $(cat "$said"). A first certificate can take longer: see docker logs $caddy, then deploy again."
    sleep 1
  done
  case $code in
    [234]?? | refused) echo "site https://$site: answers $code, asked from the host" ;;
    *) fail "https://$site answers $code at Caddy (container $caddy)" ;;
  esac
}

main() {
  deadline=$(($(date +%s) + 60))
  # One name for all: what a run that was killed has left goes with the next.
  said=$manifest/.proof.said authority=$manifest/.proof.authority
  trap 'rm -f -- "$said" "$authority"' EXIT

  echo "container $name: $(docker inspect -f '{{.State.Status}}, started {{.State.StartedAt}}' "$name"), image $image"
  docker logs --tail 3 "$name" 2>&1 | masked "$env_file" | sed 's/^/  log: /'
  # With all the requests that waited at Caddy it may answer late.
  docker exec "$name" wget -q -t 1 -T 60 -O /dev/null "$url" || fail "container $name does not answer at $url any more"
  echo "health $url: 200"
  prove_site
  owner=$(sql "$database_container" "$superuser" -v database="$database" <<'SQL'
SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :'database';
SQL
  )
  [ -n "$owner" ] || fail "database $database is not listed by PostgreSQL in container $database_container"
  echo "database $database: listed, owner $owner"
  printf '%s\n' "$requirements" | remember .requirements noted
}

main </dev/null
