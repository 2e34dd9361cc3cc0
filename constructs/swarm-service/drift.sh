# Drift of a service in a cluster, beyond what the docker provider reads back. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh swarm-service/lib.sh

drift_cluster_service() {
  drift_tasks
  [ -n "$drift" ] || drift_cluster_answers
}

# drift_cluster_name: the service is the one that the last deploy has waited for. One that does not exist is created.
drift_cluster_name() {
  id_=$(service_id "$(record_value name)")
  [ -z "$id_" ] || [ "$id_" = "$(record_value id)" ] ||
    drift="service created by hand, or by a deploy that was killed"
}

# drift_tasks: as many tasks run as the service is to have
drift_tasks() {
  name_=$(record_value name)
  replicas_=$(replicas_of "$name_")
  if [ -z "$replicas_" ]; then
    drift="service missing"
    return
  fi
  running_=$(running_tasks "$name_")
  [ "$running_" -lt "$replicas_" ] || return 0
  why_=$(tasks_of "$name_" | awk '$1 == "new" && $2 != "shutdown" && NF > 7 { $1 = $2 = $3 = $4 = $5 = $6 = $7 = ""; sub(/^ +/, ""); print; exit }')
  drift="$running_ of $replicas_ tasks run${why_:+: $why_}"
}

# drift_cluster_answers: a task does its work
drift_cluster_answers() {
  name_=$(record_value name)
  serves "$name_" "$(record_value database_url)" 8 || {
    drift="service cannot use its database"
    serves "$name_" "$(record_value url)" 2 || drift="service does not answer"
  }
}

# drift_cluster_files: the cluster has the files that this host has given it
drift_cluster_files() {
  docker secret inspect -- "$(record_value secret)" >/dev/null 2>&1 || drift="secret of the cluster missing"
  docker config inspect -- "$(record_value program)" "$(record_value variables)" >/dev/null 2>&1 ||
    drift="${drift:+$drift, }config of the cluster missing"
}
