# JSON, read by the PostgreSQL of the host, because most hosts have no jq.
#
# Changes   nothing.
# Needs     postgres-database/sql.sh

# json_values SERVER SUPERUSER PATH... < JSON: prints the value at each path (`connection.host`), each followed by
# $separator, in one line; empty if it is missing. Fails if the text is not JSON.
json_values() {
  container_=$1 superuser_=$2
  shift 2
  quote_=\$json$(new_salt)\$
  paths_=$(for path_ in "$@"; do printf ", '{%s}'" "$path_" | tr . ,; done)
  {
    printf "SELECT string_agg(translate(coalesce(value #>> path::text[], ''), E'\\\\n\\\\r', '  ') || :'separator', '' ORDER BY position)\nFROM (SELECT %s" "$quote_"
    cat
    printf '%s::json AS value) AS json, unnest(ARRAY[%s]) WITH ORDINALITY AS paths(path, position)' "$quote_" "${paths_#, }"
  } | sql "$container_" "$superuser_" -v separator="$separator"
}
separator=$(printf '\037')
