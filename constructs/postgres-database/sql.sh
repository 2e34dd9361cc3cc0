# SQL in a PostgreSQL container, as its superuser.
#
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh

# sql CONTAINER SUPERUSER [psql options] < statements: prints the answers. It needs no password: the socket in the
# container is trusted, which the requirements check before anything changes. It waits 5 s for a server that accepts the
# connection and does not answer, and 8 s for a lock. PostgreSQL's messages are printed only if the command fails:
# otherwise they would mix with the answers, such as the warning about another collation version at every connection.
sql() {
  container_=$1 superuser_=$2
  shift 2
  {
    messages_=$(docker exec -i -e PGCONNECT_TIMEOUT=5 -e PGOPTIONS="-c lock_timeout=8s" "$container_" psql -X -q -A -t -v ON_ERROR_STOP=1 -U "$superuser_" -d postgres "$@" 2>&1 >&3)
  } 3>&1 && return
  status_=$?
  printf '%s\n' "$messages_" >&2
  return "$status_"
}
