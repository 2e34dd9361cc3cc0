# Frees the name of a service of a cluster before Terraform creates it: removes the one that a lost state, or a deploy that
# was killed while it created the service, has left. Terraform would fail, because the name is taken.
#
# Expects   $key, $status; $name; $label: of the app's services.
# Changes   removes the service of that name and label if it is of another Terraform state than the one that owns the host,
#           or has another id than the last one that a deploy has waited for; waits for its tasks. Leaves one alone of which
#           nothing is on record. Records the state, and the id of the service that stays. May run twice.
# Prints    nothing.
# Fails     tasks of that service do not end: - their nodes decide; they are named
# Needs     swarm-service/lib.sh host-ownership/lib.sh

# is_orphan: whether no state has the service, as far as the record tells
is_orphan() {
  owns_service "$name" "$label" && [ -f "$records/$key" ] || return 1
  record=$records/$key
  [ "$(record_value state)" != "$(owner_value state)" ] || [ "$(record_value id)" != "$(service_id "$name")" ]
}

main() {
  lock_host "the name of service $name"
  if is_orphan; then
    docker service rm "$name" >/dev/null
    await_removed "$name"
  fi
  printf 'kind=cluster_name\nname=%s\nstate=%s\nid=%s\n' "$name" "$(owner_value state)" "$(service_id "$name")" | write_record "$key" "$status"
}

main </dev/null
