# Drift of a database and its role. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh postgres-database/sql.sh postgres-database/owner.sh postgres-database/sign-in.sh

drift_database() {
  role=$(record_value role) database=$(record_value database)
  server=$(record_value container)
  if ! is_elsewhere "$server"; then
    container_is_gone "$server" && return
  elif ! is_confirmed "$server"; then
    drift="PostgreSQL is reached with other settings"
    return
  fi
  state_=$(database_state) || fail "cannot check role $role and database $database $(at_server "$server")"
  # shellcheck disable=SC2086 # words
  set -- $state_
  if [ "$1" = none ]; then
    drift="role $role missing"
  elif [ "$1" != true ]; then
    drift="role $role cannot log in"
  elif [ "$2" = /none ]; then
    drift="database $database missing"
  elif [ "$2" != "$role" ]; then
    drift="database $database owned by $2, not $role"
  elif ! is_elsewhere "$server" && [ "$(printf '%s' "$3" | fingerprint "$(record_value salt)")" != "$(record_value fingerprint)" ]; then
    drift="password of role $role changed"
  elif [ "$4" != none ]; then
    drift="role $role with rights beyond its own database: $4"
  elif [ "$5" != none ]; then
    drift="role $role with settings that change where it works: $5"
  elif [ "$6" != true ]; then
    drift="database $database refuses connections of role $role"
  elif [ "$7" != 2 ]; then
    drift="database $database and role $role not marked as this environment's"
  elif [ "${8:-true}" != true ]; then
    drift="schema public of database $database does not let role $role create tables"
  elif [ "${9:-0}" != 0 ]; then
    drift="$9 tables in database $database not owned by role $role"
  elif is_elsewhere "$server"; then
    secrets=$(record_value secrets)
    drift=$(why_not_signed_in "$server" "$role" "$database" "$secrets" "$(record_value password_name)")
  fi
}

# database_state: prints whether the role can log in, the database's owner, the password's verifier (only a superuser in a
# container of the host gets it), the role's rights beyond its own database, its settings that change where it works, whether connections are allowed, and how many of
# database and role have this environment's mark (see postgres-database/owner.sh). If the database exists, also whether
# the role can create tables in it, and how many of the service's tables belong to another role.
database_state() {
  if is_elsewhere "$server"; then roles_=pg_roles; else roles_=pg_authid; fi
  sql "$server" "$(record_value superuser)" -F ' ' -v role="$role" -v database="$database" -v owned_tables="$(record_value owned_tables)" -v own="$(own_mark "$server")" <<SQL
SELECT coalesce((SELECT rolcanlogin AND coalesce(rolvaliduntil > now(), true) FROM pg_roles WHERE rolname = :'role')::text, 'none'),
       coalesce((SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :'database'), '/none'),
       coalesce((SELECT rolpassword FROM $roles_ WHERE rolname = :'role'), 'none'),
       coalesce((SELECT concat_ws(',', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
                                       CASE WHEN rolbypassrls THEN 'BYPASSRLS' END)
                   FROM pg_roles WHERE rolname = :'role' AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)), 'none'),
       coalesce((SELECT string_agg(DISTINCT split_part(setting, '=', 1), ',') FROM pg_db_role_setting, unnest(setconfig) setting, pg_roles role
                  WHERE setrole = role.oid AND rolname = :'role' AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = :'database'))
                    AND setting ~ '^(search_path|role|default_transaction_read_only)=' AND setting !~* '^(default.*=(off|false|f|no|n|0)|search_path=("\\\$user", ?)?public)\$'), 'none'),
       ((SELECT coalesce(bool_and(datallowconn AND datconnlimit <> 0), true) FROM pg_database WHERE datname = :'database')
         AND (SELECT coalesce(bool_and(rolconnlimit <> 0 AND has_database_privilege(role.oid, base.oid, 'CONNECT')), true)
                FROM pg_roles role, pg_database base WHERE rolname = :'role' AND datname = :'database'))::text,
       (SELECT count(*) FROM ($(owners_of "$server")) AS owners WHERE directory = :'own');
SELECT EXISTS (SELECT FROM pg_database WHERE datname = :'database' AND datallowconn) AS reachable \gset
\if :reachable
\connect :"database"
SELECT coalesce(bool_and(has_schema_privilege(role.oid, space.oid, 'USAGE') AND has_schema_privilege(role.oid, space.oid, 'CREATE')), true)::text
  FROM pg_roles role, pg_namespace space WHERE rolname = :'role' AND nspname = 'public';
SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename ~ :'owned_tables' AND tableowner <> :'role'
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = format('%I.%I', schemaname, tablename)::regclass AND deptype = 'e');
\endif
SQL
}
