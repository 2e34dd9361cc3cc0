# What NocoDB keeps outside the host: Redis, and a bucket for attachments.
#
# Expects   $secrets: the directory of the service's secrets.
# Changes   for a moment there is a container with the image, on the networks.
# Needs     service-secrets/lib.sh nocodb/storage-check.cjs

# ask_storage IMAGE NETWORK... < lines: prints what is wrong, nothing if all is well. Fails if the image or the networks
# are not on the host yet: the deploy asks again before anything stops.
ask_storage() (
  image_=$1 asker_=
  trap '[ -z "$asker_" ] || docker rm --force --volumes "$asker_" >/dev/null 2>&1 || true' EXIT
  shift
  docker image inspect -f '{{.Id}}' -- "$image_" >/dev/null 2>&1 || return 1
  for each_ in "$@"; do
    docker network inspect -f '{{.Id}}' -- "$each_" >/dev/null 2>&1 || continue
    if [ -n "$asker_" ]; then
      docker network connect "$each_" "$asker_" >/dev/null
    else
      asker_=$(docker create --rm --interactive --label cdktf.throw-away=storage --log-driver none --memory 256m --network "$each_" --entrypoint node "$image_" -e "$(storage_check_cjs)") || return 1
    fi
  done
  [ -n "$asker_" ] || return 1
  timeout 20 docker start --attach --interactive "$asker_" 2>/dev/null
)
