# A database created from a backup's dump, beside the one in use.
#
# Expects   $backup: the name of a checked backup; $fresh: the name of the new database; $records; the inputs of
#           backup/lib.sh.
# Changes   nothing until a function is called.
# Needs     backup/lib.sh postgres-database/owner.sh

# create_fresh: creates it, as the superuser and with the owners in the dump, because extensions, large objects and
# schemas need both
create_fresh() {
  output=$(sql "$database_container" "$superuser" -v fresh="$fresh" 2>&1 <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"fresh" WITH (FORCE);
SQL
  ) || fail "PostgreSQL $(at_server "$database_container") cannot create a database for the dump, so nothing was changed: $(last_lines)"
  output=$(restore_dump 2>&1) || {
    output=$(last_lines)
    case $output in
      *'must be able to SET ROLE'* | *'must be member of role'* | *'must be owner of'* | *'permission denied'* | *'must be superuser'*) output="$output ($superuser may not do that $(at_server "$database_container"): let its operator run the statement or grant the right, or restore as a superuser)" ;;
      *'role "'*'" does not exist'*) output="$output (create that role: CREATE ROLE … NOLOGIN is enough)" ;;
      *'extension control file'* | *'extension "'*'" is not available'*) output="$output (run an image of PostgreSQL that has that extension, such as the one that the backup was made with)" ;;
    esac
    fail "the dump could not be restored, so nothing was changed: $output"
  }
}

drop_fresh() {
  echo 'DROP DATABASE IF EXISTS :"fresh" WITH (FORCE)' | sql "$database_container" "$superuser" -v fresh="$fresh" >/dev/null 2>&1 || true
}

# database_statements: prints the dump's statements about the database itself, under the name $fresh: encoding, locale,
# owner, privileges, settings and comment. pg_restore writes them only with the name that the database had. Elsewhere
# the mark in its settings is left out, because only a superuser may set it; mark_own makes the other one.
database_statements() {
  server_program "$database_container" "$superuser" pg_restore --create --schema-only -f - <"$backups/$backup/database.dump" |
    awk '/^-- Name: / { keep = /; Type: DATABASE( PROPERTIES)?;/ || /^-- Name: DATABASE .*; Type: (ACL|COMMENT|SECURITY LABEL);/ }
      keep && ! /^\\/' |
    sed -E "s/^((CREATE|ALTER|COMMENT ON) DATABASE|ALTER ROLE .* IN DATABASE|(GRANT|REVOKE|SECURITY LABEL) .* ON DATABASE) \"?$(metadata_of "$backup" database)\"? /\\1 \"$fresh\" /" |
    if is_elsewhere "$database_container"; then sed '/^ALTER DATABASE .* SET "\{0,1\}cdktf[.]environment"\{0,1\} /d'; else cat; fi
}

restore_dump() {
  database_statements | sql "$database_container" "$superuser" &&
    server_program "$database_container" "$superuser" pg_restore -d "$fresh" --exit-on-error <"$backups/$backup/database.dump" &&
    mark_own
}

# mark_own: the dump may have the mark of the environment that it was made in (see postgres-database/owner.sh)
mark_own() {
  if is_elsewhere "$database_container"; then
    own_database "$database_container" "$superuser" "$fresh" "$role"
    return
  fi
  sql "$database_container" "$superuser" -v fresh="$fresh" -v own="${records%/*}" <<'SQL'
SELECT format('ALTER DATABASE %I SET cdktf.environment = %L', datname, :'own') FROM pg_database, pg_db_role_setting, unnest(setconfig) AS setting
 WHERE datname = :'fresh' AND setdatabase = pg_database.oid AND setrole = 0 AND setting LIKE 'cdktf.environment=%' \gexec
SQL
}
