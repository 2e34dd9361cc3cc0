# The status of a database and its role. See remote-host/status.sh.
#
# Changes   nothing.
# Needs     remote-host/status.sh postgres-database/requirements.sh postgres-database/drift.sh

# status_database SERVER SUPERUSER DATABASE: PostgreSQL answers, and the database is as the last deploy left it
status_database() {
  meets postgresql "$1" "$2" || return 0
  find_drift drift_database database database "$3"
  size_=$(sql "$1" "$2" -v database="$3" <<'SQL'
SELECT pg_size_pretty(pg_database_size(datname)) || ', PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) FROM pg_database WHERE datname = :'database';
SQL
  )
  [ -n "$size_" ] || wrong=${wrong:-database $3 missing}
  fact="$3 $(at_server "$1"), $size_"
}
