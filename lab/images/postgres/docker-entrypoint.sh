#!/bin/sh
# Starts PostgreSQL as the official image does: a new cluster on the first start, the server as user postgres.
#
# Expects   POSTGRES_PASSWORD on the first start; POSTGRES_USER and POSTGRES_DB are optional
# Changes   $PGDATA, if it holds no cluster: superuser $POSTGRES_USER (postgres) with $POSTGRES_PASSWORD, database
#           $POSTGRES_DB, trust on the local socket and loopback, scram-sha-256 for all others. May run twice: an existing
#           cluster is used as it is.
# Prints    the server's log, on standard error
set -eu

if [ "${1:-postgres}" != postgres ]; then
  exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown postgres:postgres "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

user=${POSTGRES_USER:-postgres}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ]; then
    echo "POSTGRES_PASSWORD is empty: give the superuser of the new cluster a password" >&2
    exit 1
  fi
  # An interrupted first start leaves an incomplete cluster without PG_VERSION.
  find "$PGDATA" -mindepth 1 -delete
  words=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$words"
  initdb --pgdata="$PGDATA/new" --username="$user" --pwfile="$words" --auth=trust --encoding=UTF8 >&2
  rm -f "$words"
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/new/pg_hba.conf"
  printf "listen_addresses = '*'\n" >>"$PGDATA/new/postgresql.conf"
  database=${POSTGRES_DB:-$user}
  if [ "$database" != postgres ]; then
    printf 'CREATE DATABASE "%s";\n' "$database" | postgres --single -D "$PGDATA/new" -j postgres >&2
  fi
  # PG_VERSION comes last: with it the cluster counts as complete.
  for file in "$PGDATA"/new/*; do
    [ "${file##*/}" = PG_VERSION ] || mv "$file" "$PGDATA/"
  done
  mv "$PGDATA/new/PG_VERSION" "$PGDATA/"
  rmdir "$PGDATA/new"
fi
unset POSTGRES_PASSWORD
exec "$@"
