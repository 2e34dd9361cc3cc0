# NocoDB's super admin, read from its database.
#
# Changes   nothing.
# Needs     remote-host/require.sh postgres-database/sql.sh

# unmet_if_locked MESSAGE DATABASE: adds a problem if PostgreSQL's message says that NocoDB's users are locked
unmet_if_locked() {
  case $1 in
    *55P03*) unmet "table nc_users_v2 in database $2 is locked by another session, for which NocoDB waits as well: wait until it is done, or end that session (its pid: SELECT pid, query FROM pg_stat_activity WHERE datname = '$2')" ;;
  esac
}

# super_admin_of CONTAINER SUPERUSER DATABASE: prints the super admin's email. If NocoDB is not in the database yet, it
# fails with PostgreSQL's code, the same in every language (55P03: the lock was not available in time).
super_admin_of() {
  echo "SELECT email FROM nc_users_v2 WHERE 'super' = ANY (string_to_array(roles, ',')) LIMIT 1" | sql "$1" "$2" -d "$3" -v VERBOSITY=sqlstate
}
