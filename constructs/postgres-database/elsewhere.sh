# Checks of a PostgreSQL at an address of its own, for requirements. See remote-host/require.sh and server.sh.
#
# Changes   nothing. The engine pulls the image of psql if it does not have it.
# Needs     remote-host/require.sh postgres-database/sql.sh

# require_elsewhere SERVER SUPERUSER [COMMAND...]: the server accepts the administrator's connection and writes, and the
# administrator may create roles and databases. COMMAND sets the password.
require_elsewhere() {
  server_=$1 user_=$2
  shift 2
  ca_=$(server_value "$server_" ca)
  [ -z "$ca_" ] || grep -q 'BEGIN CERTIFICATE' -- "$ca_" 2>/dev/null || {
    unmet "postgresql.external.tls.ca ($ca_): the host has no such file with a certificate in PEM format: put the one of the server's certificate authority there, or correct the setting"
    return 0
  }
  has_admin_password "$server_" || {
    unmet "postgresql.external: the host has no password of $user_ $(at_server "$server_"): set it with \`${*:-npx nocodb-host secret set <environment>} $ADMIN_SECRET\`, which reads it from standard input"
    return 0
  }
  is_confirmed "$server_" || {
    unmet "$(not_confirmed "$user_" "$server_") with \`${*:-npx nocodb-host secret set <environment>} $ADMIN_SECRET\`"
    return 0
  }
  output=$(sql "$server_" "$user_" -F ' ' 2>&1 <<'SQL'
SELECT rolsuper OR (rolcreaterole AND rolcreatedb), current_setting('transaction_read_only'),
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL AND pid <> pg_backend_pid()),
       :'VERSION_NUM'::int / 10000, current_setting('server_version_num')::int / 10000
  FROM pg_roles WHERE rolname = current_user;
SQL
  ) || {
    unmet "$(why_refused "$server_" "$user_" "$output" "the host" "${*:-npx nocodb-host secret set <environment>}")"
    return 0
  }
  # shellcheck disable=SC2086 # five words
  set -- $output
  [ "$1" = t ] || unmet "postgresql.superuser ($user_): is neither a superuser $(at_server "$server_") nor has both CREATEROLE and CREATEDB: set the administrator that the server's operator gave you, or have the two granted (ALTER ROLE \"$user_\" CREATEROLE CREATEDB)"
  [ "$2" = off ] || unmet "postgresql.external.host: PostgreSQL $(at_server "$server_") is read-only (a replica, or default_transaction_read_only): set the address of the primary"
  [ "$3" -gt 0 ] || unmet "PostgreSQL $(at_server "$server_") has no connection left except those for superusers: close some, or raise max_connections"
  # pg_restore sets transaction_timeout from 17 on, which older servers do not know.
  [ "$4" -lt 17 ] || [ "$5" -ge 17 ] || unmet "postgresql.external.image ($(server_value "$server_" image)): has pg_restore of PostgreSQL $4, which cannot restore into the server's PostgreSQL $5: set postgres:$5"
  [ "$4" -ge "$5" ] || unmet "postgresql.external.image ($(server_value "$server_" image)): has pg_dump of PostgreSQL $4, which cannot back up the server's PostgreSQL $5: set an image of PostgreSQL $5 or later, such as postgres:$5"
}

# require_reaches SERVER SUPERUSER NETWORK...: containers on the networks, as the service is, reach the server, and it has
# the certificate that the service expects. Networks that a deploy creates are skipped.
require_reaches() {
  server_=$1 user_=$2
  shift 2
  for each_ in "$@"; do
    has_network "$each_" || return 0
  done
  # What fails from everywhere is reported by require_elsewhere.
  is_confirmed "$server_" && echo 'SELECT 1' | sql "$server_" "$user_" >/dev/null 2>&1 || return 0
  output=$(from_networks=$* run_elsewhere "$(server_value "$server_" secrets)/values" "$ADMIN_SECRET" "$server_" "$user_" \
    psql -X -q -A -t -d postgres -c 'SELECT 1' 2>&1 </dev/null) ||
    unmet "$(why_refused "$server_" "$user_" "$output" "the service's networks ($*)" "npx nocodb-host secret set <environment>")"
}

# require_manageable SERVER SUPERUSER DATABASE ROLE: an administrator that is not a superuser may change a role and a
# database that exist
require_manageable() {
  found_=$(sql "$1" "$2" -F ' ' -v database="$3" -v role="$4" 2>/dev/null <<'SQL'
SELECT 'role', CASE WHEN role.rolsuper THEN 'superuser' ELSE 'other' END
  FROM pg_roles AS admin, pg_roles AS role WHERE admin.rolname = current_user AND role.rolname = :'role' AND NOT admin.rolsuper
   AND (role.rolsuper OR current_setting('server_version_num')::int >= 160000 AND NOT pg_has_role(admin.oid, role.oid, 'MEMBER WITH ADMIN OPTION'))
UNION ALL
SELECT 'database', pg_get_userbyid(datdba) FROM pg_database, pg_roles AS admin
 WHERE datname = :'database' AND admin.rolname = current_user AND NOT admin.rolsuper
   AND pg_get_userbyid(datdba) <> :'role' AND NOT pg_has_role(admin.oid, datdba, 'MEMBER');
SQL
  ) || return 0
  while read -r kind_ what_; do
    case $kind_:$what_ in
      role:superuser) unmet "postgresql.role ($4): is a superuser $(at_server "$1"), which $2 may not change: set another name" ;;
      role:*) unmet "postgresql.role ($4): exists $(at_server "$1"), and $2 may not change it: let its creator grant that (GRANT \"$4\" TO \"$2\" WITH ADMIN OPTION), or set another name" ;;
      database:*) unmet "postgresql.database ($3): exists $(at_server "$1") and belongs to $what_, from whom $2 cannot take it: let $what_ grant that (GRANT \"$what_\" TO \"$2\"), or set another name" ;;
    esac
  done <<LIST
$found_
LIST
}

# why_refused SERVER USER MESSAGES FROM COMMAND: prints which setting is wrong, what is wrong with it, and what to do
why_refused() {
  host_=$(server_address "$1")
  port_=${host_##*:} host_=${host_%:*} mode_=$(server_value "$1" tls)
  said_=$(printf '%s\n' "$3" | grep -v -e '^$' -e '^Pulling ' -e ': Pull' | tail -n 1 | sed 's/^psql: error: //')
  case $3 in
    *'could not translate host name'*) wrong_="external.host ($host_): the name does not resolve from $4: correct it, or have it resolved there" ;;
    *'Connection refused'*) wrong_="external.port ($port_): $host_ refuses connections from $4: correct the port, or start the server" ;;
    *'timeout expired'* | *'timed out'* | *nreachable* | *'No route to host'*) wrong_="external.host ($host_): does not answer at port $port_ from $4: correct host and port, or open the way (firewall, allowed addresses; postgresql.external.network has to lead there)" ;;
    *'does not match host name'*) wrong_="external.host ($host_): the server's certificate is for another name: set the name in it, or have a certificate made for $host_" ;;
    *'does not support SSL'*) wrong_="external.tls.mode ($mode_): the server offers no TLS: turn it on there (ssl = on), or set disable on a network that you trust" ;;
    *'no encryption'* | *'SSL off'*) wrong_="external.tls.mode ($mode_): the server's pg_hba.conf accepts no connection without TLS from $4: set verify-full" ;;
    *'no pg_hba.conf entry'*) wrong_="external.host ($host_): the server's pg_hba.conf lets nobody in from $4: add that address, or the managed server's list of allowed addresses" ;;
    *'certificate verify failed'* | *'SSL error'*) wrong_="external.tls.ca ($(server_value "$1" ca | grep . || echo "the host's own authorities")): the server's certificate is not signed by these authorities: set the file of the authority that signed it" ;;
    *'authentication failed'* | *"role \"$2\" does not exist"*) wrong_="superuser ($2): the server refuses it with the password that the host has: correct it, or set the right password (\`$5 $ADMIN_SECRET\`)" ;;
    *'etwork '*'not found'*) wrong_="external.network ($(server_value "$1" network)): the host has no such network: correct it, or create it" ;;
    *'Unable to find image'* | *'pull access denied'* | *'manifest'*) wrong_="external.image ($(server_value "$1" image)): the host has no such image and cannot pull it: correct it, or pull it there (docker pull)" ;;
    *'not found'* | *'no such file'*) wrong_="external.image ($(server_value "$1" image)): has no psql that starts: set an image of PostgreSQL, such as postgres:17" ;;
    *) wrong_="external: PostgreSQL $(at_server "$1") does not let $2 in from $4: correct what it says" ;;
  esac
  printf 'postgresql.%s: %s' "$wrong_" "$said_"
}
