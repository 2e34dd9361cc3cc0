# Requirements of a service that has backups. See remote-host/require.sh.
#
# Expects   $records.
# Changes   nothing.
# Needs     remote-host/require.sh backup/lib.sh

# require_whole_restore BACKUPS RESTORE_COMMAND...: no restore was interrupted between database and files
require_whole_restore() {
  restoring_=$1/.restoring
  shift
  command_=$*
  [ ! -f "$restoring_" ] ||
    unmet "a restore of backup $(cat -- "$restoring_") was interrupted between database and files: run it again to finish it: $command_"
}

# require_kept_database SERVICE KIND SERVER SUPERUSER DATABASE RESTORE_COMMAND...: the database that the service has
# used still has its data. With an empty one, a deploy would succeed, and its backups would displace the older ones.
require_kept_database() {
  service=$1 service_kind=$2 database_container=$3 superuser=$4 database=$5
  shift 5
  was_=$(served image)
  if [ -z "$was_" ] || [ -n "${adopting-}${restoring-}" ]; then return 0; fi
  case $(kept_database 2>/dev/null) in
    gone) lost_="does not exist $(at_server "$database_container") any more" ;;
    f) lost_="$(at_server "$database_container") does not hold its data any more" ;;
    read-only)
      unmet "database $database $(at_server "$database_container") is read-only (default_transaction_read_only): make it writable ($(how_to_write))"
      return 0
      ;;
    *) return 0 ;;
  esac
  unmet "database $database, from which $was_ has served, $lost_: restore a backup ($*), or correct postgresql in the environment file; to continue without its data (a deploy begins with an empty database, a destroy completes), delete $(served_file) on the host"
}

# how_to_write: prints the command that ends read-only
how_to_write() {
  reset_="ALTER DATABASE \"$database\" RESET default_transaction_read_only"
  if is_elsewhere "$database_container"; then
    printf 'run there, as %s: %s' "$superuser" "$reset_"
  else
    printf "docker exec %s psql -U %s -d postgres -c '%s'" "$database_container" "$superuser" "$reset_"
  fi
}

# kept_database: prints gone, read-only, f (without the service's data) or t
kept_database() {
  state_=$(sql "$database_container" "$superuser" -v database="$database" <<'SQL'
SELECT count(*) = 0 AS gone, coalesce(bool_and(datallowconn), false) AS reachable FROM pg_database WHERE datname = :'database' \gset
\if :gone
SELECT 'gone';
\elif :reachable
\connect :"database"
SELECT CASE WHEN current_setting('transaction_read_only')::bool THEN 'read-only' ELSE 'writable' END;
\endif
SQL
  ) || return
  if [ "$state_" = gone ]; then
    echo gone
  elif [ -n "$state_" ]; then
    holds_=$("${service_kind}_holds_data") || return
    if [ "$holds_" = t ] && [ "$state_" = read-only ]; then echo read-only; else echo "$holds_"; fi
  fi
}
