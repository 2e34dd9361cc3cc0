# A login role and a database that it owns, in a PostgreSQL container.
#
# Expects   key, observed, container, superuser, role, database, password_file and password_variable: the env file on
#           this host, and the variable in it, that hold the role's password.
# Changes   creates what is missing; of what is there, sets the role's LOGIN, validity and password, and the database's owner.
#           Never drops anything. May run twice.
# Prints    nothing, or PostgreSQL's own words. psql computes the SCRAM verifier, so the server never sees (or logs) the
#           password itself.
main() {
  lock_host "the database $database"
  password=$(env_value "$password_file" "$password_variable")
  [ -n "$password" ] || fail "$password_file has no $password_variable: deploy again, its own step writes it"

  sql "$container" "$superuser" -v role="$role" -v database="$database" <<'SQL' || fail "PostgreSQL in container $container could not set role $role and database $database: its own words stand above"
SELECT format('CREATE ROLE %I LOGIN', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN VALID UNTIL 'infinity';
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT format('ALTER DATABASE %I OWNER TO %I', :'database', :'role')
  FROM pg_database WHERE datname = :'database' AND pg_get_userbyid(datdba) <> :'role' \gexec
SQL
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
