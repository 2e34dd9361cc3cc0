# The last step before the container is created, while the former one serves: everything in a replacement that can fail.
#
# Expects   $name, $label, $image: the container that is about to be created; $grace_period: in seconds; $service;
#           $requirements; [$checked]: see remote-host/require.sh; [$service_kind] [$backups] [$keep] [$database_container] [$superuser] [$database] [$role]
#           [$data_directory] [$secrets] [$pinned_secrets]: without them no backup is made; [$copy_to] [$copy_days]
#           [$copy_secrets]: see backup/copy/lib.sh; [$patience]: seconds in which a requirement may become met if the
#           service is down, 60 by default.
# Changes   makes a backup if another image is to start and there is no recent one; sets the former container of that
#           name and label aside, also one that is not in the state (the state was lost, or a deploy was killed after it
#           created the container). May run twice.
# Prints    nothing, or why the new container must not be created; then the former one keeps serving.
# Fails     any other requirement was met in the plan and is not any more: all
# Needs     service-container/aside.sh service-container/last-checks.sh swarm-service/lib.sh

# is_serving: whether a container of the service runs
is_serving() {
  container_runs "$name" || former_runs || { owns_service "$name" "$label" && [ "$(running_tasks "$name")" != 0 ]; }
}

# leave_cluster: ends the service that this environment had in a cluster. Terraform removes it meanwhile, or has done so,
# unless its state was lost. A service of others may have the same name, as those of a stack: it is left alone.
leave_cluster() {
  if owns_service "$name" "$label"; then
    scale_service "$name" 0 || fail "the tasks of service $name do not end: docker service ps $name shows them. Stop their containers on their nodes, then deploy again"
    for _ in $(seq 30); do
      exists_service "$name" || break
      sleep 1
    done
    docker service rm "$name" >/dev/null 2>&1 || true
  fi
  await_removed "$name"
  forget_service "$name"
}

main() {
  lock_host "the checks before the container is created"
  try_everything
  leave_cluster
  set_aside
}

main </dev/null
