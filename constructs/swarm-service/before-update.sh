# The last step before the service of a cluster gets another image, while the former version serves.
#
# Expects   $name, $label, $image: the service that is about to be created or updated; $grace_period: in seconds; $service;
#           $requirements; [$parallelism]: how many tasks are updated at once; $secrets: the directory of its secrets, which
#           are masked; [$service_kind] [$backups] [$keep] [$database_container] [$superuser] [$database] [$role]
#           [$data_directory] [$pinned_secrets] [$restore_command]: without them no backup is made; [$copy_to] [$copy_days]
#           [$copy_secrets]: see backup/copy/lib.sh; [$patience]: seconds in which a requirement may become met if the
#           service is down, 60 by default.
# Changes   makes a backup if another image is to start and there is no recent one; removes a container of that name and
#           label, which an environment without a cluster has used. After a removal of the service by hand, waits for its
#           last tasks. If several tasks are updated at once, gives the first one the new image, so that only one migrates
#           the database. May run twice.
# Prints    nothing, or why the new version must not start or did not get healthy; then the former one keeps serving.
# Fails     any other requirement was met in the plan and is not any more: all
# Needs     service-container/aside.sh service-container/last-checks.sh swarm-service/rollout.sh

# is_serving: whether a task of the service runs, or the container that was its predecessor
is_serving() {
  [ "$(running_tasks "$name")" != 0 ] || container_runs "$name" || former_runs
}

# How long the first task with another image may take to be placed, get the image, migrate and become healthy, in seconds.
FIRST_TASK=600

# migrate_first: with several tasks updated at once, each would migrate the database. The engine takes an image by its
# reference or its digest; only a service that has another one is updated.
migrate_first() {
  [ "${parallelism-1}" -gt 1 ] && [ "$(replicas_of "$name")" -gt 1 ] 2>/dev/null || return 0
  [ "$(served image)" != "$image" ] || return 0
  docker service update --detach --no-resolve-image --update-parallelism 1 --image "$image" -- "$name" >/dev/null ||
    fail "the cluster did not take image $image for service $name: the reason is above"
  watch_rollout "$FIRST_TASK"
  look
  until printf '%s\n' "$tasks" | grep '^new running running ' >/dev/null; do
    [ "$(date +%s)" -lt "$deadline" ] || give_up "has no task with image $image that is healthy after $FIRST_TASK seconds. Fix that and deploy again, or return to the former version: docker service rollback $name"
    sleep 1
    look
  done
}

main() {
  lock_host "the checks before the service is updated"
  try_everything
  [ -z "${backups-}" ] || record_started "$image"
  discard "$name"
  discard "${name}_former"
  remove_records container name "$name"
  remove_records service name "$name"
  await_removed "$name"
  migrate_first
}

main </dev/null
