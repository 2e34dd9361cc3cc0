# The settings of a NocoDB that someone else has installed on this host.
#
# Expects   $database_container: a PostgreSQL that reads JSON, as $superuser.
# Changes   nothing. The caller sets old_id to the container and old_settings to its variables, one a line.
# Needs     postgres-database/json.sh

# The caller sets them.
old_id='' old_settings=''

# setting NAME: prints a variable of the container
setting() {
  printf '%s\n' "$old_settings" | sed -n "s/^$1=//p" | tail -n 1
}

# first_setting NAME...: prints the first of these variables that has a value
first_setting() {
  for each_ in "$@"; do
    value_=$(setting "$each_")
    [ -z "$value_" ] || break
  done
  printf '%s' "$value_"
}

# read_in_container PATH: prints a file of the container, nothing without a path
read_in_container() {
  [ -z "$1" ] || docker exec "$old_id" cat -- "$1" 2>/dev/null || true
}

# read_database: sets old_client, old_host, database, old_role, in NocoDB's own order of precedence
read_database() {
  configured_database=$database
  url_=$(read_in_container "$(first_setting NC_DATABASE_URL_FILE DATABASE_URL_FILE)")
  [ -n "$url_" ] || url_=$(first_setting NC_DATABASE_URL DATABASE_URL NC_DB)
  if [ -n "$url_" ]; then
    parts_=$(printf '%s\n' "$url_" | parts_of_url)
  else
    json_=$(setting NC_DB_JSON)
    [ -n "$json_" ] || json_=$(read_in_container "$(setting NC_DB_JSON_FILE)")
    parts_=$(printf '%s' "${json_:-null}" | json_values "$database_container" "$superuser" client connection.host connection.database connection.user)
  fi
  IFS=$separator read -r old_client old_host database old_role _ <<LINE
$parts_$separator
LINE
}

# parts_of_url < pg://HOST:PORT?u=…&d=…, or postgres://USER:PASSWORD@HOST:PORT/DATABASE: prints client, host, database,
# user
parts_of_url() {
  separator=$separator awk '
    BEGIN { for (i = 1; i < 256; i++) char[sprintf("%02X", i)] = sprintf("%c", i) }
    function decoded(text,   out) {
      while (match(text, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
        out = out substr(text, 1, RSTART - 1) char[toupper(substr(text, RSTART + 1, 2))]
        text = substr(text, RSTART + 3)
      }
      return out text
    }
    NR == 1 {
      client = rest = $0
      sub(/:.*/, "", client); sub(/^[^:]*:\/\//, "", rest)
      if (at = index(rest, "?")) { query = substr(rest, at + 1); rest = substr(rest, 1, at - 1) }
      if (match(rest, /.*@/)) { user = substr(rest, 1, RLENGTH - 1); rest = substr(rest, RLENGTH + 1); sub(/:.*/, "", user) }
      if (at = index(rest, "/")) { database = substr(rest, at + 1); rest = substr(rest, 1, at - 1) }
      sub(/:[0-9]*$/, "", rest)
      count = split(query, parameter, "&")
      for (i = 1; i <= count; i++) {
        value = parameter[i]; sub(/^[^=]*=/, "", value)
        if (parameter[i] ~ /^(u|user)=/) user = value
        if (parameter[i] ~ /^(d|database)=/) database = value
      }
      printf "%s%s%s%s%s%s%s\n", client, ENVIRON["separator"], rest, ENVIRON["separator"], decoded(database), ENVIRON["separator"], decoded(user)
    }'
}
