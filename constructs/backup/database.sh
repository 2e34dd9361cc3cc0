# The database that a service keeps its data in.
#
# Expects   $database_container, $superuser, $database; $service_kind: see web-service/kind.sh.
# Changes   nothing.
# Needs     postgres-database/sql.sh

# in_database [psql options] < statements: prints the answers
in_database() {
  sql "$database_container" "$superuser" -d "$database" "$@"
}

# The tables whose rows a dump holds, except those of extensions.
TABLES="SELECT format('%I.%I', nspname, relname) AS name FROM pg_class AS thing JOIN pg_namespace AS space ON space.oid = relnamespace
 WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = thing.oid AND deptype = 'e')"

# Prints a line ROWS TABLE for each of them.
COUNT_ROWS="SELECT format('SELECT count(*), %L FROM ONLY %s', translate(name, E'\\n\\r', '  '), name) FROM ($TABLES) AS tables \\gexec"

# holds_data: whether the database holds the service's data. If PostgreSQL does not answer, fail: "unknown" must not
# count as "no".
holds_data() {
  output=$(find_data 2>&1) || fail "PostgreSQL $(at_server "$database_container") does not answer for database $database, so nothing was changed: $(last_lines). Start it and try again."
  [ "$output" = t ]
}

# find_data: prints t if the database holds the data, f or nothing if not
find_data() {
  count_=$(echo "SELECT count(*) FROM pg_database WHERE datname = :'database'" | sql "$database_container" "$superuser" -v database="$database") || return
  [ "$count_" = 0 ] || "${service_kind}_holds_data"
}

# last_lines: prints on one line what $output says is wrong: PostgreSQL's own message with the statement, or else its end
last_lines() {
  lines_=$(printf '%s\n' "$output" | grep -E '(ERROR|FATAL|PANIC|DETAIL|HINT|[Qq]uery was|Command was): ' | cut -c 1-300 | head -n 4 | grep .) ||
    lines_=$(printf '%s\n' "$output" | tail -n 2)
  printf '%s\n' "$lines_" | paste -s -d ' ' -
}
