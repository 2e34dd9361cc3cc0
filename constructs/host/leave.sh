# The last thing of a destroy, when the service is gone: keeps or deletes what holds its data. See backup.sh, claim.sh.
#
# Expects   name: the service's container; state: the id of the Terraform state that goes; env_file;
#           on_destroy_database, on_destroy_data, on_destroy_backups: keep or delete; what backup.sh expects.
# Changes   deletes what shall be deleted, and the mark of this state. Nothing while the container is there: then this is no
#           destroy. May run twice.
# Prints    what is kept and what was deleted.

delete_database() {
  if ! docker container inspect -- "$database_container" >/dev/null 2>&1; then
    echo "not deleted: database $database and role $role, as container $database_container is gone"
    return
  fi
  # What was written between the last backup and the end of the service.
  if [ "$on_destroy_backups" = keep ] && holds_nocodb && [ "$(about "$(all_backups | head -n 1)" activity)" != "$(activity)" ]; then
    make_backup "before its database was deleted"
    echo "last backup: $backups/$backup"
  fi
  said=$(sql "$database_container" "$superuser" -v database="$database" -v role="$role" 2>&1 <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"database" WITH (FORCE);
DROP ROLE IF EXISTS :"role";
SQL
  ) || fail "database $database or role $role could not be deleted: $(last_words_of_it). Mend that and destroy again, or set onDestroy.database in the environment file to keep"
  # With the database go the secrets for it, and what served it.
  rm -f -- "$env_file" "$(served_file)" "$(started_file)"
  echo "deleted: database $database and role $role, $env_file"
}

delete_backups() {
  for each in $(all_backups); do rm -rf -- "${backups:?}/$each"; done
  rmdir -- "$backups" 2>/dev/null || true
  echo "deleted: the backups in $backups"
}

main() {
  ! docker container inspect -- "$name" >/dev/null 2>&1 || return 0
  lock_host "the end of a destroy"
  refuse_other_state "$state"
  if [ "$on_destroy_database" = delete ]; then delete_database; else echo "kept: database $database and role $role, $env_file"; fi
  if [ "$on_destroy_data" = delete ]; then
    # It may be a link to another disk.
    [ ! -d "$data_directory" ] || find "${data_directory:?}/" -mindepth 1 -delete
    rm -rf -- "$data_directory"
    echo "deleted: $data_directory"
  else
    echo "kept: $data_directory"
  fi
  if [ "$on_destroy_backups" = delete ]; then
    delete_backups
  else
    echo "kept: $(all_backups | wc -l) backups in $backups"
  fi
  rm -f -- "$(claim_file)"
}

main </dev/null
