# Requirements of PostgreSQL. See remote-host/require.sh.
#
# Expects   $records.
# Changes   nothing.
# Needs     remote-host/require.sh postgres-database/sql.sh postgres-database/owner.sh postgres-database/elsewhere.sh

# prepare_postgresql SERVER SUPERUSER [COMMAND...]: all checks ask it through one connection
prepare_postgresql() {
  if is_elsewhere "$1"; then
    is_confirmed "$1" || return 0
    # A session has less time than an image may need to arrive. If it cannot be pulled, the check says so.
    image_=$(server_value "$1" image)
    docker image inspect -- "$image_" >/dev/null 2>&1 || timeout 300 docker pull --quiet "$image_" >/dev/null 2>&1 || true
    open_sql_session "$1" "$2"
    return
  fi
  [ "$(state_of "$1")" != running ] || open_sql_session "$1" "$2"
}

# require_postgresql SERVER SUPERUSER [COMMAND...]: PostgreSQL accepts connections and writes, and SUPERUSER may create roles
# and databases. COMMAND sets the password of one at an address.
require_postgresql() {
  if is_elsewhere "$1"; then
    require_elsewhere "$@"
    return
  fi
  require_running "$1" postgresql.container || return 0
  output=$(sql "$1" "$2" -F ' ' 2>&1 <<'SQL'
SELECT rolsuper, current_setting('transaction_read_only'),
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())
  FROM pg_roles WHERE rolname = current_user;
SQL
  ) || {
    case $output in
      *'no password supplied'* | *'password authentication failed'*) asks_="asks $2 for a password" ;;
      *'Peer authentication failed'*) asks_="lets only its own system user in as $2" ;;
      *)
        unmet "PostgreSQL in container $1 does not let $2 in through its local socket (correct postgresql.superuser in the environment file, or wait until it is up): $(printf '%s' "$output" | tail -n 1)"
        return 0
        ;;
    esac
    unmet "PostgreSQL in container $1 $asks_ at its local socket: put the line \"local all $2 trust\" at the start of its pg_hba.conf and reload that (docker kill --signal HUP $1). Only programs in the container reach that socket"
    return 0
  }
  # shellcheck disable=SC2086 # three words
  set -- "$1" "$2" $output
  [ "$3" = t ] || unmet "$2 is not a superuser of PostgreSQL in container $1: correct postgresql.superuser in the environment file"
  [ "$4" = off ] || unmet "PostgreSQL in container $1 is read-only (a standby, or default_transaction_read_only): make it writable, or correct postgresql.container in the environment file"
  [ "$5" -gt 0 ] || unmet "PostgreSQL in container $1 has no connection left except those for superusers: close some, or raise max_connections"
}

# require_own_database SERVER SUPERUSER DATABASE ROLE: database and role do not belong to another environment
require_own_database() {
  ! is_elsewhere "$1" || require_manageable "$@"
  owners_=$(other_owners "$@" 2>/dev/null) || return 0
  while read -r kind_ directory_; do
    if [ "$kind_" = database ]; then named_=$3; else named_=$4; fi
    [ -z "$kind_" ] ||
      unmet "$kind_ $named_ $(at_server "$1") belongs to $(describe_owner "$directory_"): set postgresql.$kind_ in the environment file to a name of its own. If that environment is gone for good, release it: $(how_to_release "$1" "$2" "$(printf '%s' "$kind_" | tr '[:lower:]' '[:upper:]') \"$named_\"")"
  done <<LIST
$owners_
LIST
}
