# Which environment a database and its role belong to. In a container of the host, each has a setting cdktf.environment,
# the directory that holds the environment's files on this host. A setting goes along when the server is moved, and leaves
# the comment to people. Only a superuser may make such a setting: on a server elsewhere, which several hosts may use, the
# comment of each ends with [cdktf.environment=HOST:DIRECTORY].
#
# Expects   $records.
# Changes   nothing until a function is called.
# Needs     postgres-database/sql.sh

# The marks of the database :'database' and the role :'role' themselves: kind, name, directory.
OWNERS="SELECT kind, name, substr(setting, length('cdktf.environment=') + 1) AS directory
  FROM (SELECT 'database' AS kind, datname AS name, oid AS setdatabase, 0::oid AS setrole FROM pg_database WHERE datname = :'database'
        UNION ALL SELECT 'role', rolname, 0, oid FROM pg_roles WHERE rolname = :'role') AS thing
  JOIN pg_db_role_setting USING (setdatabase, setrole), unnest(setconfig) AS setting
 WHERE setting LIKE 'cdktf.environment=%'"
THINGS_ELSEWHERE="SELECT 'database' AS kind, datname AS name, coalesce(shobj_description(oid, 'pg_database'), '') AS comment FROM pg_database WHERE datname = :'database'
        UNION ALL SELECT 'role', rolname, coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = :'role'"
OWNERS_ELSEWHERE="SELECT kind, name, substring(comment FROM '[[]cdktf[.]environment=([^]]*)[]]') AS directory
  FROM ($THINGS_ELSEWHERE) AS thing WHERE comment ~ '[[]cdktf[.]environment='"

# owners_of SERVER: prints the query
owners_of() {
  if is_elsewhere "$1"; then printf '%s' "$OWNERS_ELSEWHERE"; else printf '%s' "$OWNERS"; fi
}

# own_mark SERVER: prints what this environment's mark is there
own_mark() {
  if is_elsewhere "$1"; then printf '%s:%s' "$(uname -n)" "${records%/*}"; else printf '%s' "${records%/*}"; fi
}

# other_owners SERVER SUPERUSER DATABASE ROLE: prints a line KIND DIRECTORY for the database and the role if they belong to
# another environment. One of this host whose secrets and owner marker are gone does not exist any more.
other_owners() {
  printf '%s\n' "SELECT kind, directory FROM ($(owners_of "$1")) AS owners WHERE directory <> :'own'" |
    sql "$1" "$2" -F ' ' -v database="$3" -v role="$4" -v own="$(own_mark "$1")" | while read -r kind_ directory_; do
    directory_=${directory_#"$(uname -n):"}
    case $directory_ in *:/*) printf '%s %s\n' "$kind_" "$directory_" ;; esac
    if [ -e "$directory_/records/.owner" ] || [ -e "$directory_/secrets/values" ]; then
      printf '%s %s\n' "$kind_" "$directory_"
    fi
  done
}

# describe_owner DIRECTORY: prints what is known of that environment
describe_owner() {
  case $1 in *:/*)
    printf 'another environment, which keeps its files in %s on host %s' "${1#*:}" "${1%%:*}"
    return
    ;;
  esac
  printf 'another environment, which keeps its files in %s' "$1"
  # shellcheck disable=SC2016 # variables of the template
  container_=$(docker ps -aq | xargs -r docker inspect -f '{{$name := slice .Name 1}}{{$of := index .Config.Labels "cdktf.environment"}}{{range .Mounts}}{{.Source}} {{$of}}, container {{$name}}
{{end}}' 2>/dev/null | sed -n "s#^$1/secrets ##p" | head -n 1) || container_=
  place_=$(sed -n 's/^place=//p' "$1/records/.owner" 2>/dev/null) || place_=
  printf '%s%s' "${container_:+ ($container_)}" "${place_:+; its state is that of $place_}"
}

# how_to_release SERVER SUPERUSER THING: prints the command that removes a mark
how_to_release() {
  if is_elsewhere "$1"; then
    printf "run there, as %s: COMMENT ON %s IS NULL" "$2" "$3"
  else
    printf "docker exec %s psql -U %s -d postgres -c 'ALTER %s RESET cdktf.environment'" "$@"
  fi
}

# Gives the database :'database' and the role :'role' to the environment :'own'.
OWN_DATABASE="SELECT format('ALTER DATABASE %I SET cdktf.environment = %L', :'database', :'own')
  WHERE NOT EXISTS (SELECT FROM ($OWNERS) AS owners WHERE kind = 'database' AND directory = :'own') \\gexec
SELECT format('ALTER ROLE %I SET cdktf.environment = %L', :'role', :'own')
  WHERE NOT EXISTS (SELECT FROM ($OWNERS) AS owners WHERE kind = 'role' AND directory = :'own') \\gexec"
OWN_ELSEWHERE="SELECT format('COMMENT ON %s %I IS %L', upper(kind), name,
       concat_ws(' ', nullif(regexp_replace(comment, ' *[[]cdktf[.]environment=[^]]*[]]', ''), ''), '[cdktf.environment=' || :'own' || ']'))
  FROM ($THINGS_ELSEWHERE) AS thing WHERE strpos(comment, '[cdktf.environment=' || :'own' || ']') = 0 \\gexec"

# own_database SERVER SUPERUSER DATABASE ROLE: gives both to this environment
own_database() {
  if is_elsewhere "$1"; then own_=$OWN_ELSEWHERE; else own_=$OWN_DATABASE; fi
  printf '%s\n' "$own_" | sql "$1" "$2" -v role="$4" -v database="$3" -v own="$(own_mark "$1")"
}
