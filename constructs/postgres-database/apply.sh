# A login role and a database that it owns, in a PostgreSQL.
#
# Expects   $key, $status, $container: the PostgreSQL, see server.sh; $superuser, $role, $database; $secrets,
#           $password_name: the directory with the role's password, and its name there; $owned_tables: a regular expression for the names of tables in schema
#           public that the role must own, empty for all of them; [$client]: the container that uses the role, with
#           [$grace_period] in seconds, and [$caddy], [$upstream]: the container that sends it requests, and as what;
#           [$requirements], [$checked]: of the host, see remote-host/require.sh.
# Changes   creates the role and the database if they are missing. Sets the role's LOGIN, validity and password, and
#           removes its rights beyond its own database. Sets the owner of the database and of the tables, allows
#           connections, and grants the role what it lacks on the database and its schema public. Makes an administrator
#           that is not a superuser a member of the role, because it could not give it the database otherwise. Resets settings of the
#           role that keep it from its tables, and ends the sessions that have them. Marks both as this environment's.
#           If the client was started with other secrets, restarts it around the change of the password. Never drops
#           anything. May run twice.
# Prints    nothing, or PostgreSQL's own message. psql computes the SCRAM verifier, so the server never gets (or logs)
#           the password itself.
# Fails     PostgreSQL is stopped, full, read-only, or does not let the superuser in: postgresql
#           database or role belong to another environment: own_database
#           another instance uses the database: no_rival
#           the database was lost since it served: kept_database
# Needs     postgres-database/sql.sh postgres-database/owner.sh postgres-database/sign-in.sh service-secrets/lib.sh caddy-site/hold.sh remote-host/require.sh **/requirements.sh

# transfer_ownership: gives the role the schema and the tables. A restore by another role may have left tables that the
# service cannot migrate, and a hardened template closes the schema.
transfer_ownership() {
  sql "$container" "$superuser" -d "$database" -v role="$role" -v owned_tables="$owned_tables" <<'SQL' || fail "PostgreSQL $(at_server "$container") could not give role $role the schema and the tables in database $database: its message is above"
SELECT format('GRANT USAGE, CREATE ON SCHEMA public TO %I', :'role')
  FROM pg_namespace WHERE nspname = 'public'
   AND NOT (has_schema_privilege(:'role', oid, 'USAGE') AND has_schema_privilege(:'role', oid, 'CREATE')) \gexec
SELECT format('ALTER TABLE %I.%I OWNER TO %I', schemaname, tablename, :'role')
  FROM pg_tables WHERE schemaname = 'public' AND tablename ~ :'owned_tables' AND tableowner <> :'role'
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = format('%I.%I', schemaname, tablename)::regclass AND deptype = 'e') \gexec
SQL
}

# pause_client: stops the client until this script ends if it has old secrets. With them, it could not open a connection
# after the change of the password.
pause_client() {
  [ -n "${client-}" ] || return 0
  [ "$(docker inspect -f '{{.State.Running}}' -- "$client" 2>/dev/null)" = true ] && has_old_secrets "$client" || return 0
  trap 'docker start "$client" >/dev/null' EXIT
  hold_requests "${upstream%:*}" "$grace_period"
  docker stop --time "$grace_period" "$client" >/dev/null
}

# refuse_other_owner: fails if database or role belong to another environment, whose password would change
refuse_other_owner() {
  others_=$(other_owners "$container" "$superuser" "$database" "$role") || fail "PostgreSQL $(at_server "$container") does not say whose database $database is: its message is above"
  [ -z "$others_" ] ||
    fail "$(printf '%s\n' "$others_" | cut -d ' ' -f 1 | paste -s -d / -) of postgresql in the environment file ($database, $role) belong to $(describe_owner "$(printf '%s\n' "$others_" | sed -n '1s/^[a-z]* //p')"), so nothing was changed: choose names of their own"
}

# refuse_rivals: fails if another instance of the service uses the database; it may have started since the plan
refuse_rivals() {
  ! met_in_this_run || return 0
  requirements=$(printf '%s\n' "${requirements-}" | grep '^no_rival ') || return 0
  require_all
}

# password_lines: prints the lines of the record by which another password is noticed later. A server elsewhere does not
# show its verifiers, so there the role itself signs in.
password_lines() {
  if is_elsewhere "$container"; then
    why_=$(why_not_signed_in "$container" "$role" "$database" "$secrets" "$password_name")
    [ -z "$why_" ] || fail "PostgreSQL $(at_server "$container") accepted the password of role $role, and yet: $why_"
    printf 'secrets=%s\npassword_name=%s\n' "$secrets" "$password_name"
    return
  fi
  verifier=$(sql "$container" "$superuser" -v role="$role" <<'SQL'
SELECT rolpassword FROM pg_authid WHERE rolname = :'role';
SQL
  )
  [ -n "$verifier" ] || fail "PostgreSQL $(at_server "$container") did not accept the password of role $role"
  salt=$(new_salt)
  printf 'salt=%s\nfingerprint=%s\n' "$salt" "$(printf '%s' "$verifier" | fingerprint "$salt")"
}

main() {
  lock_host "the database $database"
  refuse_other_owner
  refuse_rivals
  password=$(secret_value "$password_name")
  [ -n "$password" ] || fail "$secrets/values has no $password_name: deploy again, which makes one"

  sql "$container" "$superuser" -v role="$role" -v database="$database" <<'SQL' || fail "PostgreSQL $(at_server "$container") could not create or change role $role and database $database: its message is above"
SELECT format('CREATE ROLE %I LOGIN', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN VALID UNTIL 'infinity';
SELECT format('ALTER ROLE %I %s', :'role', concat_ws(' ', CASE WHEN rolsuper THEN 'NOSUPERUSER' END, CASE WHEN rolcreaterole THEN 'NOCREATEROLE' END,
                                                        CASE WHEN rolreplication THEN 'NOREPLICATION' END, CASE WHEN rolbypassrls THEN 'NOBYPASSRLS' END))
  FROM pg_roles WHERE rolname = :'role' AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls) \gexec
SELECT format('GRANT %I TO %I', :'role', current_user) WHERE NOT pg_has_role(:'role', 'USAGE') \gexec
SELECT format('ALTER ROLE %I CONNECTION LIMIT -1', :'role') FROM pg_roles WHERE rolname = :'role' AND rolconnlimit = 0 \gexec
CREATE TEMP TABLE elsewhere AS
  SELECT DISTINCT setdatabase, split_part(setting, '=', 1) AS name FROM pg_db_role_setting, unnest(setconfig) setting, pg_roles role
   WHERE setrole = role.oid AND rolname = :'role' AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = :'database'))
     AND setting ~ '^(search_path|role|default_transaction_read_only)=' AND setting !~* '^(default.*=(off|false|f|no|n|0)|search_path=("\$user", ?)?public)$';
SELECT format('ALTER ROLE %I %s RESET %I', :'role', CASE WHEN setdatabase <> 0 THEN format('IN DATABASE %I', :'database') END, name)
  FROM elsewhere \gexec
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity
 WHERE usename = :'role' AND EXISTS (SELECT FROM elsewhere) \gset
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0', :'database', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT format('ALTER DATABASE %I OWNER TO %I', :'database', :'role')
  FROM pg_database WHERE datname = :'database' AND pg_get_userbyid(datdba) <> :'role' \gexec
SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS true', :'database')
  FROM pg_database WHERE datname = :'database' AND NOT datallowconn \gexec
SELECT format('ALTER DATABASE %I CONNECTION LIMIT -1', :'database')
  FROM pg_database WHERE datname = :'database' AND datconnlimit = 0 \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', :'database', :'role')
  WHERE NOT has_database_privilege(:'role', :'database', 'CONNECT') \gexec
SQL
  own_database "$container" "$superuser" "$database" "$role" ||
    fail "PostgreSQL $(at_server "$container") could not mark role $role and database $database: its message is above"
  transfer_ownership
  pause_client
  # psql asks for the password twice, on standard error, even without a terminal. It computes the kind of verifier that
  # the session is set to; with md5, a pg_hba.conf that demands SCRAM would refuse the role.
  output=$(printf '%s\n%s\n' "$password" "$password" | sql "$container" "$superuser" -c "SET password_encryption = 'scram-sha-256'" -c "\\password \"$(printf '%s' "$role" | sed 's/"/""/g')\"" 2>&1) ||
    fail "PostgreSQL $(at_server "$container") did not accept the password of role $role: $(printf '%s\n' "$output" | grep -v '^Enter ')"

  lines=$(password_lines) || exit
  write_record "$key" "$status" <<RECORD
kind=database
container=$container
superuser=$superuser
role=$role
database=$database
owned_tables=$owned_tables
$lines
RECORD
}

main </dev/null
