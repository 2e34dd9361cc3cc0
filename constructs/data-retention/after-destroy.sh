# The last step of a destroy, after the service is gone: keeps or deletes its data.
#
# Expects   $name: the service's container; $state: the id of the Terraform state that is destroyed;
#           $on_destroy_database, $on_destroy_data, $on_destroy_backups: keep or delete; $service $service_kind $backups
#           $keep $database_container $superuser $database $role $data_directory $secrets $pinned_secrets $env_file.
# Changes   deletes the data whose policy is delete, and the records of what is gone. Does nothing while the container
#           exists: then this is not a destroy. May run twice.
# Prints    what was kept and what was deleted.
# Needs     swarm-service/lib.sh backup/lib.sh backup/restore-test.sh host-ownership/lib.sh postgres-database/owner.sh

delete_database() {
  if ! is_elsewhere "$database_container" && ! docker container inspect -- "$database_container" >/dev/null 2>&1; then
    echo "not deleted: database $database and role $role, because container $database_container is gone"
    return
  fi
  if [ -n "$(other_owners "$database_container" "$superuser" "$database" "$role")" ]; then
    echo "not deleted: database $database and role $role, because they belong to another environment"
    return
  fi
  # Rows may have been written after the last backup, before the service stopped.
  if [ "$on_destroy_backups" = keep ] && holds_data && [ "$(metadata_of "$(all_backups | head -n 1)" activity)" != "$(activity)" ]; then
    make_backup "before its database was deleted"
    echo "last backup: $backups/$backup"
  fi
  # The role owns what a restore or its test has left.
  sweep_restore
  output=$(sql "$database_container" "$superuser" -v database="$database" -v role="$role" 2>&1 <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"database" WITH (FORCE);
DROP ROLE IF EXISTS :"role";
SQL
  ) || fail "database $database or role $role could not be deleted: $(last_lines). Fix that and destroy again, or set onDestroy.database in the environment file to keep"
  # The variables, the secrets and the record of its image are deleted with the database.
  rm -f -- "$env_file" "$(served_file)" "$(started_file)"
  rm -rf -- "$secrets"
  remove_records database database "$database"
  remove_records file path "$env_file"
  remove_records secrets directory "$secrets"
  echo "deleted: database $database and role $role, $env_file, $secrets"
}

delete_backups() {
  for each in $(all_backups); do rm -rf -- "${backups:?}/$each"; done
  rmdir -- "$backups" 2>/dev/null || true
  rm -f -- "$(restore_test_file)"
  echo "deleted: the backups in $backups"
}

main() {
  ! inspected "$name" id >/dev/null || return 0
  event=destroy
  lock_host "the end of a destroy"
  refuse_other_state "$state"
  remove_records container name "$name"
  # Another machine of the cluster may still write.
  await_removed "$name"
  forget_service "$name"
  remove_records service name "$name"
  if [ "$on_destroy_database" = delete ]; then delete_database; else echo "kept: database $database and role $role, $env_file, $secrets"; fi
  if [ "$on_destroy_data" = delete ]; then
    # The directory may be a link to another disk.
    [ ! -d "$data_directory" ] || find "${data_directory:?}/" -mindepth 1 -delete
    rm -rf -- "$data_directory"
    remove_records directory path "$data_directory"
    echo "deleted: $data_directory"
  else
    echo "kept: $data_directory"
  fi
  if [ "$on_destroy_backups" = delete ]; then
    delete_backups
  else
    echo "kept: $(all_backups | wc -l) backups in $backups"
  fi
  note_event "container $name removed; database: $on_destroy_database, data: $on_destroy_data, backups: $on_destroy_backups"
}

main </dev/null
