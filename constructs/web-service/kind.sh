# A kind of service: how its data and its containers are recognized. Each kind has a file kind.sh, which defines three
# functions that begin with its name; `generic` fits every service that keeps its data in a database.
#
# Expects   the inputs of backup/database.sh.
# Changes   nothing.
# Needs     backup/database.sh

# generic_holds_data: prints t if the database has tables, f if not
generic_holds_data() {
  in_database <<'SQL'
SELECT EXISTS (SELECT FROM pg_class thing JOIN pg_namespace space ON space.oid = relnamespace
                WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
                  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = thing.oid AND deptype = 'e'));
SQL
}

# generic_metadata: prints further lines name=value for the metadata of a backup
generic_metadata() {
  :
}

# generic_is_unmanaged CONTAINER: whether it runs the same software but is not managed by this app; unknown, so never
generic_is_unmanaged() {
  return 1
}
