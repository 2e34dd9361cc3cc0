# A login role and a database that it owns, in a PostgreSQL container.
#
# Expects   key, observed, container, superuser, role, database, password_file and password_variable: the env file on
#           this host, and the variable in it, that hold the role's password.
# Changes   creates what is missing; of what is there, sets the role's LOGIN, validity and password, takes rights over
#           other roles' things from it, sets the database's owner and that of NocoDB's own tables, and lets connections in;
#           gives the role what it may lack of its rights to the database and its schema public, and takes settings from it
#           with which it would find or change nothing there (sessions that have them are ended).
#           Never drops anything. May run twice.
# Prints    nothing, or PostgreSQL's own words. psql computes the SCRAM verifier, so the server never sees (or logs) the
#           password itself.

# Tables may have been left by a restore that was made as another role, and NocoDB could not migrate them. The schema is closed
# in databases from a template that was hardened.
own_contents() {
  sql "$container" "$superuser" -d "$database" -v role="$role" <<'SQL' || fail "PostgreSQL in container $container could not give role $role the schema and the tables of NocoDB in database $database: its own words stand above"
SELECT format('GRANT USAGE, CREATE ON SCHEMA public TO %I', :'role')
  FROM pg_namespace WHERE nspname = 'public'
   AND NOT (has_schema_privilege(:'role', oid, 'USAGE') AND has_schema_privilege(:'role', oid, 'CREATE')) \gexec
SELECT format('ALTER TABLE %I.%I OWNER TO %I', schemaname, tablename, :'role')
  FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(nc|xc)_' AND tableowner <> :'role' \gexec
SQL
}

main() {
  lock_host "the database $database"
  password=$(env_value "$password_file" "$password_variable")
  [ -n "$password" ] || fail "$password_file has no $password_variable: deploy again, its own step writes it"

  sql "$container" "$superuser" -v role="$role" -v database="$database" <<'SQL' || fail "PostgreSQL in container $container could not set role $role and database $database: its own words stand above"
SELECT format('CREATE ROLE %I LOGIN', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN VALID UNTIL 'infinity' NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
SELECT format('ALTER ROLE %I CONNECTION LIMIT -1', :'role') FROM pg_roles WHERE rolname = :'role' AND rolconnlimit = 0 \gexec
CREATE TEMP TABLE elsewhere AS
  SELECT DISTINCT setdatabase, split_part(setting, '=', 1) AS name FROM pg_db_role_setting, unnest(setconfig) setting, pg_roles role
   WHERE setrole = role.oid AND rolname = :'role' AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = :'database'))
     AND setting ~ '^(search_path|role|default_transaction_read_only)=' AND setting !~* '^(default.*=(off|false|f|no|n|0)|search_path=("\$user", ?)?public)$';
SELECT format('ALTER ROLE %I %s RESET %I', :'role', CASE WHEN setdatabase <> 0 THEN format('IN DATABASE %I', :'database') END, name)
  FROM elsewhere \gexec
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity
 WHERE usename = :'role' AND EXISTS (SELECT FROM elsewhere) \gset
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
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
  own_contents
  # psql asks twice, on standard error, also where nobody sits.
  said=$(printf '%s\n%s\n' "$password" "$password" | sql "$container" "$superuser" -c "\\password \"$(printf '%s' "$role" | sed 's/"/""/g')\"" 2>&1) ||
    fail "PostgreSQL in $container did not take the password of role $role: $(printf '%s\n' "$said" | grep -v '^Enter ')"

  verifier=$(sql "$container" "$superuser" -v role="$role" <<'SQL'
SELECT rolpassword FROM pg_authid WHERE rolname = :'role';
SQL
  )
  [ -n "$verifier" ] || fail "PostgreSQL in $container did not take the password of role $role"
  salt=$(new_salt)
  remember "$key" "$observed" <<RECORD
kind=database
container=$container
superuser=$superuser
role=$role
database=$database
salt=$salt
print=$(printf '%s' "$verifier" | fingerprint "$salt")
RECORD
}

main </dev/null
