# The last step before the container is created, after the old one was removed.
#
# Expects   $name, $label, $image: the container that is about to be created; $grace_period: in seconds; $service;
#           $requirements;
#           [$service_kind] [$backups] [$keep] [$database_container] [$superuser] [$database] [$role]
#           [$data_directory] [$secrets] [$pinned_secrets]: without them no backup is made.
# Changes   removes a container of that name and label that is not in the state (the state was lost, or a deploy was
#           killed after it created the container); makes a backup if there is no recent one. May run twice.
# Prints    nothing, or which requirements are unmet.
# Needs     backup/lib.sh remote-host/require.sh **/requirements.sh

main() {
  lock_host "the checks before the container is created"
  require_all
  for orphan in $(docker ps -aq --no-trunc --filter "name=^/$name\$" --filter "label=$label"); do
    docker stop --time "$grace_period" "$orphan" >/dev/null
    docker rm -f "$orphan" >/dev/null
  done
  ensure_backup_before "$image"
  [ -z "${backups-}" ] || record_started "$image"
}

main </dev/null
