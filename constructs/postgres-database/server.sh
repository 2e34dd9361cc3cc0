# The PostgreSQL that keeps the databases: in a container of this host, or at an address of its own. All programs name it
# by one word, SERVER: the name of the container, or postgresql://HOST:PORT?KEY=VALUE&…, which server.ts writes. The keys
# are image, network, tls, ca and secrets.
#
# Changes   nothing until a function is called. A server at an address is asked by a throw-away container of the image,
#           which is removed when it ends, whatever happens to the script. It gets the password as a file.
# Needs     remote-host/common.sh

# The name of the administrator's password, the only secret in its directory; see server.ts. Its file has a second line,
# server=SERVER: the password is for that server with those settings. Otherwise a plan of somebody's change could send it
# to another server, or run another image.
ADMIN_SECRET=POSTGRESQL_ADMIN_PASSWORD

# is_elsewhere SERVER: whether it is at an address of its own
is_elsewhere() {
  case $1 in postgresql://*) ;; *) return 1 ;; esac
}

# at_server SERVER: prints where it is, for a message: `in container acme_postgresql` or `at db.example.com:5432`
at_server() {
  if is_elsewhere "$1"; then printf 'at %s' "$(server_address "$1")"; else printf 'in container %s' "$1"; fi
}

# server_address SERVER: prints HOST:PORT
server_address() {
  printf '%s' "$1" | sed -E 's#^postgresql://([^?]*).*#\1#'
}

# server_value SERVER KEY: prints the value of a key, nothing if it has none
server_value() {
  printf '%s' "$1" | sed -nE "s/.*[?&]$2=([^&]*).*/\1/p"
}

# has_admin_password SERVER: whether the host has the password of the administrator
has_admin_password() {
  grep -q "^$ADMIN_SECRET=." "$(server_value "$1" secrets)/values" 2>/dev/null
}

# is_confirmed SERVER: whether the password is for this server with these settings
is_confirmed() {
  grep -qxF -e "server=$1" "$(server_value "$1" secrets)/values" 2>/dev/null
}

# not_confirmed USER SERVER: prints what to do about that; the command that sets a secret follows
not_confirmed() {
  printf "postgresql.external: the host's password of %s is for other settings than these, and is neither sent %s nor given to image %s: confirm them by setting it again" \
    "$1" "$(at_server "$2" | sed 's/^at /to /')" "$(server_value "$2" image)"
}

# The first of these that the host has holds the certificate authorities of its system.
SYSTEM_AUTHORITIES="/etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem"

# authorities SERVER: prints the file with the certificate authorities that may sign the server's certificate
authorities() {
  file_=$(server_value "$1" ca)
  if [ -n "$file_" ]; then
    printf '%s' "$file_"
    return
  fi
  for each_ in $SYSTEM_AUTHORITIES; do
    [ ! -f "$each_" ] || {
      printf '%s' "$each_"
      return
    }
  done
  fail "the host has no file with certificate authorities: install ca-certificates, or set postgresql.external.tls.ca in the environment file"
}

# server_program SERVER USER PROGRAM [ARGUMENT...] < input: runs psql, pg_dump or pg_restore with the server, as its
# administrator. It waits 5 s for a server that accepts the connection and does not answer, and 8 s for a lock. $limit_
# ends it after that many seconds.
server_program() {
  if is_elsewhere "$1"; then
    run_elsewhere "$(server_value "$1" secrets)/values" "$ADMIN_SECRET" "$@"
  else
    container_=$1 user_=$2 program_=$3
    shift 3
    # shellcheck disable=SC2086 # two words or none
    ${limit_:+timeout $limit_} docker exec -i -e PGCONNECT_TIMEOUT=5 -e PGOPTIONS="-c lock_timeout=8s" "$container_" "$program_" -U "$user_" "$@"
  fi
}

# run_elsewhere VALUES NAME SERVER USER PROGRAM [ARGUMENT...] < input: the same in a container of the server's image; the
# password is the secret NAME in the file VALUES. [$from_networks]: the networks to connect from, instead of the one that
# the server's settings name. It ends with the connection of this script, because its input does.
run_elsewhere() (
  values_=$1 name_=$2 server_=$3 user_=$4
  shift 4
  is_confirmed "$server_" || fail "$(not_confirmed "$user_" "$server_") (npx nocodb-host secret set <environment> $ADMIN_SECRET)"
  address_=$(server_address "$server_") mode_=$(server_value "$server_" tls)
  # shellcheck disable=SC2016 # expanded in the container
  script_='while IFS= read -r line; do case $line in "$0="*) PGPASSWORD=${line#*=} ;; esac; done </run/values
    export PGPASSWORD
    exec 3<&0
    trap "exit 143" HUP INT TERM
    "$@" <&3 3<&- &
    wait "$!"'
  set -- --entrypoint sh "$(server_value "$server_" image)" -c "$script_" "$name_" "$@"
  case $mode_ in verify-*)
    authorities_=$(authorities "$server_")
    set -- --mount "type=bind,source=$authorities_,target=/run/authorities.crt,readonly" -e PGSSLROOTCERT=/run/authorities.crt "$@"
    ;;
  esac
  set -- --mount "type=bind,source=$values_,target=/run/values,readonly" \
    -e PGHOST="${address_%:*}" -e PGPORT="${address_##*:}" -e PGUSER="$user_" -e PGSSLMODE="$mode_" -e PGGSSENCMODE=disable \
    -e PGCONNECT_TIMEOUT=5 -e PGOPTIONS="-c lock_timeout=8s" -e PGAPPNAME=nocodb-host "$@"
  # Its output may be a dump, which must not become a log. Root reads the password, which may belong to another user.
  set -- --rm -i --label cdktf.throw-away=postgresql --log-driver none --user 0:0 --userns host --cap-drop ALL \
    --cap-add DAC_OVERRIDE --security-opt no-new-privileges --memory 512m --pids-limit 64 --read-only "$@"
  # shellcheck disable=SC2086 # two words or none
  if [ -z "${from_networks-}" ]; then
    ${limit_:+timeout $limit_} docker run --network "$(server_value "$server_" network)" "$@"
  else
    docker_run_on "$from_networks" "$@"
  fi
)

# docker_run_on NETWORKS [docker run's arguments]: runs it attached to all of them. Engines before 25 take one when they
# create a container.
docker_run_on() {
  networks_=$1
  shift
  id_=$(docker create --network "${networks_%% *}" "$@") || return
  trap 'docker rm -f "$id_" >/dev/null 2>&1' EXIT
  for each_ in $networks_; do
    [ "$each_" = "${networks_%% *}" ] || docker network connect "$each_" "$id_" || return
  done
  timeout 30 docker start -a -i "$id_"
}
