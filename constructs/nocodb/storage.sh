# What NocoDB keeps outside the host: Redis, and a bucket for attachments.
#
# Expects   $secrets: the directory of the service's secrets.
# Changes   for a moment there is a container with the image, on the networks.
# Needs     service-secrets/lib.sh nocodb/storage-check.cjs

# ask_storage IMAGE NETWORK... < lines: prints what is wrong, nothing if all is well, or `cannot be asked` with the reason.
# Fails if the image or the networks are not on the host yet: the deploy asks again before anything stops.
ask_storage() {
  asked_=$(cat)
  docker image inspect -f '{{.Id}}' -- "$1" >/dev/null 2>&1 || return 1
  answer_=$(printf '%s\n' "$asked_" | ask_from_container "$@") || return 1
  # The first containers of an overlay network on a machine may get in each other's way when they start.
  case $answer_ in "cannot be asked"*) answer_=$(printf '%s\n' "$asked_" | ask_from_container "$@") || return 1 ;; esac
  printf '%s' "$answer_"
}

# ask_from_container IMAGE NETWORK... < lines: the same, once. Fails if none of the networks exists.
ask_from_container() (
  image_=$1 asker_=
  trap '[ -z "$asker_" ] || docker rm --force --volumes "$asker_" >/dev/null 2>&1 || true' EXIT
  shift
  for each_ in "$@"; do
    docker network inspect -f '{{.Id}}' -- "$each_" >/dev/null 2>&1 || continue
    if [ -n "$asker_" ]; then
      said_=$(docker network connect "$each_" "$asker_" 2>&1) || not_asked "$said_"
    else
      said_=$(docker create --rm --interactive --label cdktf.throw-away=storage --log-driver none --memory 256m --network "$each_" --entrypoint node "$image_" -e "$(storage_check_cjs)" 2>&1) || not_asked "$said_"
      # A warning may stand before the id.
      asker_=$(printf '%s\n' "$said_" | tail -n 1)
    fi
  done
  [ -n "$asker_" ] || return 1
  said_=$(timeout 20 docker start --attach --interactive "$asker_" 2>&1) || true
  # Node.js may add warnings.
  if printf '%s\n' "$said_" | grep -q '^= '; then printf '%s\n' "$said_" | sed -n 's/^= //p'; else not_asked "${said_:-no answer within 20 s}"; fi
)

# not_asked REASON: ends ask_from_container
not_asked() {
  printf 'cannot be asked: %s' "$(printf '%s\n' "$1" | sed '/^ *$/d' | tail -n 1)"
  exit 0
}
