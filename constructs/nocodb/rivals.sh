# Other NocoDBs that use the same database, wherever they run: judged by the database, not by a network.
#
# Changes   nothing.
# Needs     nocodb/kind.sh remote-host/engine.sh postgres-database/sql.sh

# rivals_by_settings NAME SERVER DATABASE NETWORK...: prints a line NAME STATE IMAGE for each running container, except
# NAME, whose settings name the database in SERVER, a container or an address. require_no_other_nocodb and require_no_worker report
# those that share NETWORK... with the app, unless the app created them.
rivals_by_settings() {
  find_unmanaged
  own_=$1 server_=$2 database_=$3
  shift 3
  server_addresses_='' ports_=''
  is_elsewhere "$server_" || server_addresses_=$(addresses | awk -v name="$server_" '$2 == name { printf " %s ", $1 }')
  is_elsewhere "$server_" || ports_=" $(inspected "$server_" port | paste -s -d ' ' -) "
  printf '%s\n' "$managed" "$unmanaged" "$workers" | while read -r each_ _ state_ image_ attached_; do
    case $each_:$state_ in "$own_:"* | :*) continue ;; *:running | *:restarting | *:paused) ;; *) continue ;; esac
    near_=no
    for network_ in "$@"; do case " $attached_ " in *" $network_ "*) near_=yes ;; esac done
    case "$near_:
$managed
" in no:* | *"
$each_ "*) ;; *) continue ;; esac
    if names_database "$each_" "$database_" && is_at_server "$each_" "$attached_"; then printf '%s %s %s\n' "$each_" "$state_" "$image_"; fi
  done
}

# names_database CONTAINER DATABASE: whether its settings name the database; those in a file are unknown
names_database() {
  inspected "$1" env | grep -qE '^(NC_DB|NC_DB_JSON|(NC_)?DATABASE_URL)=.' && may_use "$1" "$2"
}

# is_at_server CONTAINER NETWORKS: whether the host in its settings is $server_
is_at_server() {
  its_networks_=$2
  address_=$(inspected "$1" env | sed -nE '
    s#^(NC_DB|(NC_)?DATABASE_URL)=[a-z]+://([^@/?]*@)?(\[[^]]*\]|[^:/?]+)(:([0-9]+))?.*#\4 \6#p
    s#^NC_DB_JSON=.*"host" *: *"([^"]*)".*#\1#p' | tail -n 1)
  host_=${address_%% *} port_=${address_#"$host_"}
  if is_elsewhere "$server_"; then
    port_=${port_# }
    is_address "$host_" "${port_:-5432}" "$(server_address "$server_")"
    return
  fi
  case $server_addresses_ in *" $host_ "*) return 0 ;; esac
  for network_ in $its_networks_; do
    found_=$(holders_of "$host_" "$network_" "")
    [ -z "$found_" ] || {
      printf '%s\n' "$found_" | grep -qxF -e "$server_"
      return
    }
  done
  port_=${port_# }
  case $ports_ in *" ${port_:-5432} "*) is_this_host "$host_" "$its_networks_" ;; *) return 1 ;; esac
}

# is_address HOST PORT ADDRESS: whether they are the host and the port of ADDRESS, under its name or another one
is_address() {
  [ "$2" = "${3##*:}" ] || return 1
  [ "$1" != "${3%:*}" ] || return 0
  theirs_=$(getent ahosts "$1" 2>/dev/null | cut -d ' ' -f 1 | sort -u)
  [ -n "$theirs_" ] && getent ahosts "${3%:*}" 2>/dev/null | cut -d ' ' -f 1 | grep -qxF -e "$theirs_"
}

# is_this_host NAME NETWORKS: whether the name or address, in a container on those networks, is this host
is_this_host() {
  case $1 in
    localhost | 127.* | ::1) case " $2 " in *" host "*) return 0 ;; *) return 1 ;; esac ;;
    host.docker.internal | "$(uname -n)") return 0 ;;
  esac
  here_=" $(hostname -I 2>/dev/null) $(gateways) "
  for address_ in $1 $(getent ahosts "$1" 2>/dev/null | cut -d ' ' -f 1); do
    case $here_ in *" $address_ "*) return 0 ;; esac
  done
  return 1
}

# addresses: prints a line ADDRESS CONTAINER for each address of a running container, then for those of the former tasks of
# a cluster's service: PostgreSQL keeps the connections of a lost machine for hours
addresses() {
  printf '%s\n' "$inspections" | awk '
    $1 == "=" { name = $2 }
    $1 == "state" { state = $2 }
    $1 == "address" && state == "running" { print $2, name }
    $1 == "other-address" { others = others $2 " " name "\n" }
    END { printf "%s", others }'
}

# gateways: prints the host's addresses in the networks of containers
gateways() {
  printf '%s\n' "$inspections" | sed -n 's/^range \([^ ]*\) .*/\1/p' | sort -u | paste -s -d ' ' -
}

# rivals_by_session NAME SERVER SUPERUSER DATABASE: prints a line CONTAINER|- ADDRESS ROLE for each NocoDB that is
# connected to the database, except the container NAME. An address that does not belong to a container counts if it asks for NocoDB's
# tables as NocoDB does (its URL may set a name, application_name=nocodb), and if it is not one that a removed container has left: those end when PostgreSQL notices.
rivals_by_session() {
  own_=$1 database_=$4
  find_unmanaged
  addresses_=$(addresses)
  networks_=$(inspected "$2" range | cut -d ' ' -f 2 | paste -s -d , -)
  sessions_=$(sql "$2" "$3" -F ' ' -v database="$database_" -v networks="$networks_" -v gateways="$(gateways)" <<'SQL'
SELECT host(client_addr), usename, bool_or(query ~ '"nc_[a-z0-9_]+"')
       AND (bool_or(host(client_addr) = ANY (string_to_array(:'gateways', ' ')))
            OR NOT bool_or(EXISTS (SELECT FROM unnest(string_to_array(nullif(:'networks', ''), ',')) AS network WHERE client_addr <<= network::inet)))
  FROM pg_stat_activity WHERE datname = :'database' AND client_addr IS NOT NULL AND (application_name = '' OR application_name ~* 'noco') AND backend_type = 'client backend'
 GROUP BY 1, 2 ORDER BY 1, 2;
SQL
  ) || return
  printf '%s\n' "$sessions_" | while read -r address_ role_ like_nocodb_; do
    its_=$(printf '%s\n' "$addresses_" | awk -v address="$address_" '$1 == address { print $2; exit }')
    case $its_:$like_nocodb_ in
      "$own_":*) ;;
      :t) echo "- $address_ $role_" ;;
      :*) ;;
      *) if printf '%s\n' "$managed" "$unmanaged" "$workers" | grep -q "^$its_ "; then echo "$its_ $address_ $role_"; fi ;;
    esac
  done
}
