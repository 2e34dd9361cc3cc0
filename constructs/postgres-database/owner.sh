# Which environment a database and its role belong to. Each has a setting cdktf.environment, the directory that holds
# the environment's files on this host. A setting goes along when the server is moved, and leaves the comment to people.
#
# Expects   $records.
# Changes   nothing until a function is called.
# Needs     postgres-database/sql.sh

# The settings of the database :'database' and the role :'role' themselves.
OWNERS="SELECT kind, name, substr(setting, length('cdktf.environment=') + 1) AS directory
  FROM (SELECT 'database' AS kind, datname AS name, oid AS setdatabase, 0::oid AS setrole FROM pg_database WHERE datname = :'database'
        UNION ALL SELECT 'role', rolname, 0, oid FROM pg_roles WHERE rolname = :'role') AS thing
  JOIN pg_db_role_setting USING (setdatabase, setrole), unnest(setconfig) AS setting
 WHERE setting LIKE 'cdktf.environment=%'"

# other_owners CONTAINER SUPERUSER DATABASE ROLE: prints a line KIND DIRECTORY for the database and the role if they
# belong to another environment. One whose secrets and owner marker are gone does not exist any more.
other_owners() {
  printf '%s\n' "SELECT kind, directory FROM ($OWNERS) AS owners WHERE directory <> :'own'" |
    sql "$1" "$2" -F ' ' -v database="$3" -v role="$4" -v own="${records%/*}" | while read -r kind_ directory_; do
    if [ -e "$directory_/records/.owner" ] || [ -e "$directory_/secrets/values" ]; then
      printf '%s %s\n' "$kind_" "$directory_"
    fi
  done
}

# describe_owner DIRECTORY: prints what is known of that environment
describe_owner() {
  printf 'another environment, which keeps its files in %s' "$1"
  # shellcheck disable=SC2016 # variables of the template
  container_=$(docker ps -aq | xargs -r docker inspect -f '{{$name := slice .Name 1}}{{$of := index .Config.Labels "cdktf.environment"}}{{range .Mounts}}{{.Source}} {{$of}}, container {{$name}}
{{end}}' 2>/dev/null | sed -n "s#^$1/secrets ##p" | head -n 1) || container_=
  place_=$(sed -n 's/^place=//p' "$1/records/.owner" 2>/dev/null) || place_=
  printf '%s%s' "${container_:+ ($container_)}" "${place_:+; its state is that of $place_}"
}

# Gives the database :'database' and the role :'role' to the environment :'own'.
OWN_DATABASE="SELECT format('ALTER DATABASE %I SET cdktf.environment = %L', :'database', :'own')
  WHERE NOT EXISTS (SELECT FROM ($OWNERS) AS owners WHERE kind = 'database' AND directory = :'own') \\gexec
SELECT format('ALTER ROLE %I SET cdktf.environment = %L', :'role', :'own')
  WHERE NOT EXISTS (SELECT FROM ($OWNERS) AS owners WHERE kind = 'role' AND directory = :'own') \\gexec"
