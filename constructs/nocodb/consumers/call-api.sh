# NocoDB's API, called by a program in a container of its own: on the Node.js of NocoDB's image, in the network of
# NocoDB's container, with its own memory limit.
#
# Expects   $api_container: NocoDB's container, or its service in a cluster; $port; $env_file and $secrets: hold the super admin's name
#           and password; $consumers;
#           [$bases]: titles of bases to create, one a line; $record; [$timeout]: of one request, in seconds.
# Changes   nothing until a function is called.
# Needs     remote-host/engine.sh nocodb/consumers/lib.sh service-secrets/lib.sh nocodb/consumers/api/consumers-api.ts

# find_api_container: sets api_image to the image that NocoDB runs, api_network to the container in whose network the program
# runs, api_address to NocoDB's address there, and api_users to the user namespace; fails if NocoDB does not run
find_api_container() {
  its_=$(docker container inspect -f '{{if .State.Running}}{{.Image}} {{.HostConfig.UsernsMode}}{{end}}' -- "$api_container" 2>/dev/null) || its_=
  if [ -n "$its_" ]; then
    # A container on another's network must have the same users.
    api_image=${its_%% *} api_users=${its_#* }
    api_network=$api_container api_address=127.0.0.1:$port
    return
  fi
  read_engine || fail "Docker does not answer"
  api_network=$(inspected "$api_container" via) || api_network=
  if [ -z "$api_network" ] || [ "$(state_of "$api_container")" != running ]; then
    fail "container $api_container is not running, so its consumers cannot be updated"
  fi
  api_image=$(inspected "$api_container" image) api_users=
  api_address=$(inspected "$api_container" address | grep -v : | head -n 1):$port
  # Containers of consumers are created again after this.
  unset inspections
}

# call_api PHASE < further facts: after find_api_container, sets facts to what the program prints; fails after its error message. Program and
# secrets go through standard input, and the container has no log.
call_api() {
  # The script holds the lock: a container of that name is of a run that was killed.
  docker rm -f -- "${api_container}_consumers" >/dev/null 2>&1 || true
  input_=$({ common_facts "$1" && cat; } | base64 | tr -d '\n')
  facts=$({ printf 'const input = "%s";\n' "$input_" && consumers_api_js; } |
    docker run --name "${api_container}_consumers" --rm --interactive --pull never --log-driver none --memory 128m --memory-swap 128m --read-only \
      --user 65534:65534 --cap-drop ALL --security-opt no-new-privileges --network "container:$api_network" --userns "$api_users" \
      --entrypoint node -- "$api_image" -) || return 1
}

# common_facts PHASE: prints what every phase is told. See api/input.ts.
common_facts() {
  printf 'phase %s\ncontainer %s\naddress %s\ntimeout %s\n' "$1" "$api_container" "$api_address" "${timeout-60}"
  printf 'secrets_file %s\nemail %s\n' "$secrets/values" "$(env_value "$env_file" NC_ADMIN_EMAIL)"
  printf 'password %s\n' "$(secret_value NC_ADMIN_PASSWORD)"
  printf '%s\n' "${bases-}" | sed -n 's/^./base &/p'
  printf '%s\n' "${consumers-}" | sed -n 's/^./consumer &/p'
}

# fact KEY: prints the values that the program printed
fact() {
  printf '%s\n' "$facts" | sed -n "s/^$1 //p"
}
