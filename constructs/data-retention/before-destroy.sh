# The first step of a destroy, while the service still runs: a last backup.
#
# Expects   $state: the id of the Terraform state that is destroyed; $name: the service's container;
#           $service $service_kind $backups $keep $database_container $superuser $database $role
#           $data_directory $secrets $pinned_secrets; [$copy_to] [$copy_days] [$copy_secrets]: see backup/copy/lib.sh.
# Changes   adds a backup; if that fails, the destroy stops here and has removed nothing. May run twice.
# Prints    where the backup is.
# Needs     backup/lib.sh backup/copy/lib.sh host-ownership/lib.sh

main() {
  event=destroy
  lock_host "the last backup of $name" 60
  refuse_other_state "$state"
  if ! is_elsewhere "$database_container" && ! docker container inspect -- "$database_container" >/dev/null 2>&1; then
    echo "container $database_container is gone, so there is no last backup"
  elif holds_data; then
    make_backup "before destroy"
    note_event "backup $backup"
    echo "last backup: $backups/$backup"
    copy_in_background
  fi
}

main </dev/null
