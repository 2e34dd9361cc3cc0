# NocoDB's super admin, as its database knows it.
#
# Changes   nothing.
# Needs     remote-host/require.sh postgres-database/sql.sh

# unmet_if_locked WORDS DATABASE: what PostgreSQL said when it was asked for NocoDB's users
unmet_if_locked() {
  case $1 in
    *55P03*) unmet "table nc_users_v2 in database $2 is locked by another session, for which NocoDB waits as well: wait until it is done, or end that session (its pid: SELECT pid, query FROM pg_stat_activity WHERE datname = '$2')" ;;
  esac
}

# super_admin_of CONTAINER SUPERUSER DATABASE: fails where there is no NocoDB in it yet; says why by PostgreSQL's code, which
# is the same in every language (55P03: a lock was not to be had in time)
super_admin_of() {
  echo "SELECT email FROM nc_users_v2 WHERE 'super' = ANY (string_to_array(roles, ',')) LIMIT 1" | sql "$1" "$2" -d "$3" -v VERBOSITY=sqlstate
}
