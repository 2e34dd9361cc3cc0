# The smoke test after a deploy: container, health in the container, site at Caddy, database.
#
# Expects   $name, $image, $url, $secrets: as in service-container/wait-healthy.sh; $caddy, $caddyfile, $site, $health_path;
#           $database_container, $superuser, $database; $service; $requirements: for drift checks without Terraform.
# Changes   only the record of the requirements. May run twice.
# Prints    one line for each check that passes; fails with the first that does not.
# Fails     Caddy does not reach the service: shared_network
#           Caddy reaches another container under its name: sole_upstream
#           curl is missing: command
#           the first certificate is not issued within a minute: - the certificate authority decides; the site stays
# Needs     service-container/lib.sh postgres-database/sql.sh remote-host/record.sh caddy-site/ask-site.sh

check_site_answers() {
  find_port
  until site_answers "$output"; do
    [ "$(date +%s)" -lt "$deadline" ] ||
      fail "https://$site has not answered at Caddy (container $caddy, port $port) for 60 s: $(tail -n 1 "$output"). A first certificate can take longer: see docker logs $caddy, then deploy again."
    sleep 1
  done
  case $code in
    [234]?? | refused) echo "site $asked: answers $code, asked from the host$remark" ;;
    *) fail "$asked answers $code at Caddy (container $caddy)" ;;
  esac
}

# end_smoke_test: notes a failure in the history
end_smoke_test() {
  [ $? -eq 0 ] || note_event "smoke test" failed
  rm -f -- "$output"
}

main() {
  begun=$(date +%s)
  deadline=$(($(date +%s) + 60))
  # The name is fixed, so the next run replaces a file that a killed run has left.
  output=$records/.smoke-test-$service.output
  trap end_smoke_test EXIT

  echo "container $name: $(inspected "$name" state), started $(inspected "$name" started), image $image"
  container_log "$name" "$secrets/values" | tail -n 3 | sed 's/^/  log: /'
  # It may answer late, because all requests that waited at Caddy arrive at once.
  serves "$name" "$url" 60 || fail "container $name does not answer at $url any more"
  echo "health $url: 200"
  check_site_answers
  owner=$(sql "$database_container" "$superuser" -v database="$database" <<'SQL'
SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :'database';
SQL
  )
  [ -n "$owner" ] || fail "database $database is not listed by PostgreSQL $(at_server "$database_container")"
  echo "database $database: listed, owner $owner"
  printf '%s\n' "$requirements" | write_record .requirements recorded
  note_event "smoke test"
}

main </dev/null
