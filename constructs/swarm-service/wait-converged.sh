# Waits until all tasks of a service of a cluster run as the service is now, and answer 200.
#
# Expects   $name; $url: health URL as its neighbours reach it; $secrets: the directory of its secrets, which are masked;
#           $service; $image: its reference; $release and $version: of that image, see served.sh; $timeout: seconds until
#           a started task counts as failed; $pause: seconds in which the engine waits after each batch of tasks; [$backups]
#           and [$restore_command]; [$database_url]: answers 200 only while the service can use its database; $key, $status:
#           of the record to write; $label: of the app's services.
# Changes   records the id of the service; removes secrets and configs of the cluster that the service does not use any more.
#           May run twice.
# Prints    how long it took; or, within 10 s of a failure, why the engine or a task failed, with the task's last lines.
# Fails     PostgreSQL is not found under its name: found
#           an older version meets a newer database: no_downgrade
#           users would be renamed or tables are locked: super_admin
#           no node has room for a task: - the engine decides; its words are printed
#           pg_hba.conf does not let the role in: - PostgreSQL decides when NocoDB connects
# Needs     swarm-service/rollout.sh service-container/latest-wait.sh

# all_answer URL: whether each task answers 200 at one of its own addresses; sets answering to the number of those that do.
# All are asked at once, because each may take its time.
all_answer() {
  read_engine
  # shellcheck disable=SC2016 # variables of the other shell
  answering=$(docker service ps -q --no-trunc --filter desired-state=running -- "$name" |
    xargs -r docker inspect --type task -f '{{range .NetworksAttachments}}{{range .Addresses}}{{$.ID}} {{.}}
{{end}}{{end}}' | where_reached "$name" sh -c '
      while IFS=" /" read -r task address _; do
        case $address in "" | *:*) continue ;; esac
        curl -q --noproxy "*" -s -m 8 --connect-timeout 2 --connect-to "::$address:" -o /dev/null -w "%{http_code} $task\n" -- "$1" &
      done
      wait' - "$1" | sort -u | grep -c '^200 ') || true
  [ "$answering" -ge "$replicas" ]
}

# remove_old_files: those of the service that neither it nor a rollback to its former version would use
remove_old_files() {
  used_=$(docker service inspect -f '{{define "of"}}{{range .Secrets}}{{println .SecretID}}{{end}}{{range .Configs}}{{println .ConfigID}}{{end}}{{end}}{{template "of" .Spec.TaskTemplate.ContainerSpec}}{{with .PreviousSpec}}{{template "of" .TaskTemplate.ContainerSpec}}{{end}}' -- "$name")
  for kind_ in secret config; do
    docker "$kind_" ls -q --filter "label=cdktf.service=$name" | grep -vxF -e "$used_" | xargs -r docker "$kind_" rm >/dev/null 2>&1 || true
  done
}

# record_id: this runs when Terraform has the service in its state, so from now on it is not a left-over: see
# free-name.sh. The lock is given back at once.
record_id() (
  lock_host "service $name"
  for record in "$records"/*; do
    if [ ! -f "$record" ] || [ "$(record_value kind)" != cluster_name ] || [ "$(record_value name)" != "$name" ]; then continue; fi
    changed_=$(scratch)
    { grep -v '^id=' "$record" && printf 'id=%s\n' "$(service_id "$name")"; } >"$changed_"
    mv -f -- "$changed_" "$record"
  done
)

main() {
  record_id
  begun=$(date +%s)
  watch_rollout $((timeout + pause))
  register_wait
  replicas=$(replicas_of "$name")
  [ -n "$replicas" ] || fail "service $name does not exist: was it removed by hand? Deploy again"
  ! is_earlier || earlier=yes
  look
  until converged "$replicas"; do
    [ "$(date +%s)" -lt "$deadline" ] ||
      give_up "has $healthy of $replicas tasks, and no other one has got healthy for $batch seconds${update:+ (${update#* })}"
    sleep 1
    look
  done
  deadline=$(($(date +%s) + timeout))
  until all_answer "$url" && { [ -z "${database_url-}" ] || all_answer "$database_url"; }; do
    [ "$(date +%s)" -lt "$deadline" ] || give_up "runs, and $answering of $replicas tasks answer at $url and can use the database"
    sleep 1
    look
  done
  lock_host_if_latest
  purpose_="service $name"
  printf 'kind=cluster_service\nname=%s\nurl=%s\ndatabase_url=%s\nsecrets=%s\n' "$name" "$url" "${database_url-}" "$secrets" | write_record "$key" "$status"
  former_=$(served image)
  [ "$former_" = "$image" ] || note_event "image ${former_:+$former_ to }$image"
  record_served "$image" "$(docker image inspect -f '{{.Id}}' -- "$image" 2>/dev/null || echo unknown)" "$release" "$version"
  remove_old_files
  echo "$name answers at $url on $replicas of $replicas tasks after $(($(date +%s) - begun)) s"
}

main </dev/null
