# What must be true of PostgreSQL and of NocoDB's database in it. See requirements.sh.
#
# Expects   what requirements.sh expects.
# Changes   nothing.

# require_postgresql CONTAINER SUPERUSER
require_postgresql() {
  running "$1" postgresql.container || return 0
  said=$(sql "$1" "$2" -F ' ' 2>&1 <<'SQL'
SELECT rolsuper, current_setting('transaction_read_only'),
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())
  FROM pg_roles WHERE rolname = current_user;
SQL
  ) || {
    unmet "PostgreSQL in container $1 does not let $2 in through its local socket (correct postgresql.superuser in the environment file, or wait until it is up): $(printf '%s' "$said" | tail -n 1)"
    return 0
  }
  # shellcheck disable=SC2086 # three words
  set -- "$1" "$2" $said
  [ "$3" = t ] || unmet "$2 is no superuser of PostgreSQL in container $1: correct postgresql.superuser in the environment file"
  [ "$4" = off ] || unmet "PostgreSQL in container $1 is read-only (a standby, or default_transaction_read_only): make it writable, or correct postgresql.container in the environment file"
  [ "$5" -gt 0 ] || unmet "PostgreSQL in container $1 has no connection left but those of superusers: close some, or raise max_connections"
}

# require_super_admin CONTAINER SUPERUSER DATABASE EMAIL [accepted]: NocoDB makes NC_ADMIN_EMAIL the name of the super admin
# that it has, and deletes another user of that name.
require_super_admin() {
  [ "${taking_over-}" != yes ] || return 0
  present=$(super_admin_of "$1" "$2" "$3" 2>&1) || {
    unmet_if_locked "$present" "$3"
    return 0
  }
  wanted_=$(printf '%s' "$4" | tr '[:upper:]' '[:lower:]')
  case $(printf '%s' "$present" | tr '[:upper:]' '[:lower:]') in '' | "$wanted_") return 0 ;; esac
  if [ "${5-}" != accepted ]; then
    unmet "NocoDB in database $3 has $present for its super admin, and admin.email ($4) would rename that user: set admin.email to $present in the environment file, or, where the other name is what you want, acknowledgements.super-admin-renamed to the reason"
  elif [ "$(printf '%s\n' "SELECT count(*) FROM nc_users_v2 WHERE lower(email) = lower(:'email')" | sql "$1" "$2" -d "$3" -v email="$4" 2>/dev/null)" != 0 ]; then
    unmet "NocoDB in database $3 has another user $4 already, whom it would delete when its super admin gets that name: choose another admin.email, or remove that user first"
  fi
}

# require_kept_database CONTAINER SUPERUSER DATABASE ENVIRONMENT: the database that NocoDB has served from is still there. A
# deploy with an empty one in its place would end well, and its backups would push out those from before.
require_kept_database() {
  was_=$(sed -n 's/^image=//p' "$manifest/.served" 2>/dev/null) || return 0
  [ -z "${taking_over-}${restoring-}" ] || return 0
  case $(kept_database "$1" "$2" "$3" 2>/dev/null) in
    gone) lost_="is not in container $1 any more" ;;
    empty) lost_="in container $1 holds no NocoDB any more" ;;
    read-only)
      unmet "database $3 in container $1 is read-only (default_transaction_read_only): make it writable (docker exec $1 psql -U $2 -d postgres -c 'ALTER DATABASE \"$3\" RESET default_transaction_read_only')"
      return 0
      ;;
    *) return 0 ;;
  esac
  unmet "database $3, from which $was_ has served, $lost_: take a backup back (npm run restore -- $4), or correct postgresql in the environment file; to go on without it (a deploy begins with an empty one, a destroy ends), delete $manifest/.served on the host"
}

# kept_database CONTAINER SUPERUSER DATABASE: what is wrong with it, in a word
kept_database() {
  sql "$1" "$2" -v database="$3" <<'SQL'
SELECT count(*) = 0 AS gone, coalesce(bool_and(datallowconn), false) AS reachable FROM pg_database WHERE datname = :'database' \gset
\if :gone
SELECT 'gone';
\elif :reachable
\connect :"database"
SELECT CASE WHEN to_regclass('public.nc_users_v2') IS NULL THEN 'empty' WHEN current_setting('transaction_read_only')::bool THEN 'read-only' END;
\endif
SQL
}

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
