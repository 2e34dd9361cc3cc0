#!/bin/sh
# recreate SERVICE: recreates the container of openclaw (backend and frontend) or n8n (backend only) with its current env
# file, like `docker compose up -d --force-recreate SERVICE` on a host with a compose file.
#
# Expects   to run as the deploy user, who may use Docker and read the env files
# Changes   only the container; if a new one cannot be created, the old one keeps running. May run twice.
# Prints    the container's name, or why it was not recreated
set -eu

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

base=$(cd "$(dirname "$0")" && pwd)

# of NAME: a value of the file that describes this host
of() {
  sed -n "s/^$1=//p" "$base/consumers/instance"
}

service=${1-}
case $service in
  openclaw) set -- /consumer/call.mjs ;;
  n8n) set -- --import /consumer/receive.mjs /consumer/call.mjs ;;
  *) fail "recreate: \"$service\" is not a service of this host. Give one of: openclaw, n8n" ;;
esac

instance=$(of instance)
container=${instance}_$service
env_file=$base/configs/$service/$service.env
[ -r "$env_file" ] || fail "$env_file cannot be read by $(id -un). Run this as the deploy user, and check that the file exists"

docker rm --force "${container}_new" >/dev/null 2>&1 || true
docker create --name "${container}_new" --env-file "$env_file" \
  --label "nocodb-lab=$instance" --label "nocodb-lab.key=$(of key)" \
  --init --restart unless-stopped --memory 128m --memory-swap 128m --user 65534:65534 \
  --network "${instance}_backend" --network-alias "$service" \
  --volume "$base/consumers:/consumer:ro" --entrypoint node "$(of image)" "$@" >/dev/null
if [ "$service" = openclaw ]; then
  docker network connect --alias "$service" "${instance}_frontend" "${container}_new"
fi

if docker container inspect "$container" >/dev/null 2>&1; then
  docker rm --force "$container" >/dev/null
fi
docker rename "${container}_new" "$container"
docker start "$container"
