# Describes a host before the first deploy, for the environment file that `nocodb-host init` writes.
#
# Changes   nothing. May run twice.
# Prints    one fact a line, without secrets: a key and words. A network is followed by the names that the container has
#           on it: NETWORK,ALIAS,…
#             memory TOTAL AVAILABLE, disk FREE: in MiB; systemd; userns
#             network NAME; container NAME NETWORK…
#             postgresql CONTAINER SUPERUSER yes|no NETWORK…: whether the superuser needs no password
#             caddy CONTAINER NETWORK…; caddyfile CONTAINER PATH; port CONTAINER PORT: on the host, of HTTPS
#             snippet CONTAINER NAME; site CONTAINER NAME
#             file PATH: an env file beside the Caddyfile
#             managed CONTAINER ENVIRONMENT NETWORK…: a NocoDB that this app created
#             unmanaged CONTAINER: another one; version, database, email and url CONTAINER VALUE
# Needs     adopt/settings.sh caddy-site/configuration.sh nocodb/consumers/ask.sh nocodb/kind.sh nocodb/super-admin.sh

describe_machine() {
  awk '
    $1 == "MemTotal:" { total = $2 }
    $1 == "MemAvailable:" { available = $2 }
    END { printf "memory %d %d\n", total / 1024, available / 1024 }' /proc/meminfo
  # shellcheck disable=SC2086 # words
  set -- $engine
  [ -d "${2-}" ] || set -- - /
  df -P -k -- "$2" | awk 'NR == 2 { printf "disk %d\n", $4 / 1024 }'
  [ ! -d /run/systemd/system ] || echo systemd
  ! is_engine userns "$engine" || echo userns
}

# containers_that_run PROGRAM: prints the running containers with a process of that name, whatever their image is called
containers_that_run() {
  printf '%s\n' "$containers" | {
    while read -r name_ state_ _; do
      [ "$state_" = running ] || continue
      { ! timeout 8 docker top "$name_" -eo pid,comm 2>/dev/null | awk '{ print $2 }' | grep -qxF -e "$1" || printf '%s\n' "$name_"; } &
    done
    wait
  } | sort
}

# attachments CONTAINER: prints NETWORK,ALIAS,… for each of its networks
attachments() {
  inspected "$1" network | paste -s -d ' ' -
}

describe_postgresql() {
  superuser_=$(inspected "$1" env | sed -n 's/^POSTGRES_USER=//p')
  superuser_=${superuser_:-postgres} open_=no
  [ "$(echo 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user' | limit_=8 sql_alone "$1" "$superuser_" 2>/dev/null)" != t ] || open_=yes
  printf 'postgresql %s %s %s %s\n' "$1" "$superuser_" "$open_" "$(attachments "$1")"
}

describe_caddy() {
  caddy=$1
  printf 'caddy %s %s\n' "$caddy" "$(attachments "$caddy")"
  docker port "$caddy" 443/tcp 2>/dev/null | sed -n "s/.*:/port $caddy /p" | sort -u | head -n 1
  inside_=$(inspected "$caddy" runs | sed -nE 's/.*"(--config|-c)("," ?|=)([^"]*)".*/\3/p')
  caddyfile=$(outside "$caddy" "${inside_:-/etc/caddy/Caddyfile}")
  [ -f "$caddyfile" ] || return 0
  printf 'caddyfile %s %s\n' "$caddy" "$caddyfile"
  sed -nE "s/^\(([A-Za-z0-9_.-]+)\).*/snippet $caddy \1/p" -- "$caddyfile"
  (open_caddy && running | names_in | sed "s/^/site $caddy /") 2>/dev/null || true
  for each_ in "${caddyfile%/*/*}"/*/*.env; do [ ! -f "$each_" ] || printf 'file %s\n' "$each_"; done
}

# outside CONTAINER PATH: prints where this host has a file that the container sees at PATH
outside() {
  inspected "$1" mount | awk -F '|' -v path="$2" '
    $2 != "" && (path == $2 || index(path, $2 "/") == 1) && length($2) > length(at) { at = $2; from = $1 }
    END { if (at != "") print from substr(path, length(at) + 1) }'
}

# describe_unmanaged CONTAINER ID SERVER SUPERUSER: what an environment file must say to adopt it
describe_unmanaged() {
  old_name=$1 old_id=$2 database_container=$3 superuser=$4 database=
  old_settings=$(inspected "$1" env)
  printf 'unmanaged %s\n' "$1"
  api_container=$2 port=$(setting PORT)
  port=${port:-8080}
  if find_api; then print_value version "$(info_value version)"; fi
  print_value url "$(first_setting NC_SITE_URL NC_PUBLIC_URL)"
  read_database
  case $old_client in pg | postgres | postgresql) ;; *) return 0 ;; esac
  print_value database "$database"
  print_value email "$(super_admin_of "$3" "$4" "$database" 2>/dev/null)"
}

# print_value KEY VALUE: prints a fact of the container, if it is known and one word
print_value() {
  case $2 in '' | *[[:space:]]*) ;; *) printf '%s %s %s\n' "$1" "$old_name" "$2" ;; esac
}

main() {
  requirements=
  begin_requirements
  describe_machine
  network_names | sed 's/^/network /'
  printf '%s\n' "$containers" | awk '{ $2 = $3 = ""; print "container " $0 }' | tr -s ' '
  servers=$(containers_that_run postgres)
  for each in $servers; do describe_postgresql "$each"; done
  for each in $(containers_that_run caddy); do describe_caddy "$each"; done
  find_unmanaged
  printf '%s\n' "$managed" | while read -r name _; do
    [ -z "$name" ] || printf 'managed %s %s %s\n' "$name" "$(inspected "$name" label | sed -n "s/^$OWN_LABEL=//p")" "$(attachments "$name")"
  done
  printf '%s\n' "$unmanaged" | while read -r name id _; do
    # A service of a cluster cannot be adopted.
    [ -z "$name" ] || [ -n "$(inspected "$name" cluster)" ] || (describe_unmanaged "$name" "$id" "${servers%%
*}" "$(describe_postgresql "${servers%%
*}" | cut -d ' ' -f 3)") || true
  done
}

main </dev/null
