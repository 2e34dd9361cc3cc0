# Containers of consumers, which read their env files only when they are created.
#
# Expects   $consumers; $deploy_user: recreates the containers.
# Changes   nothing until a function is called.
# Needs     nocodb/consumers/lib.sh remote-host/env-file.sh

# update_container: recreates the container of $name if it lacks the lines, because env files are read at its creation
update_container() {
  file=$(desired "$name" envFile) container=$(desired "$name" container) recreate=$(desired "$name" recreate)
  lines_in "$file" "$(desired "$name" ownFile)" "$name" >"$lines"
  ! container_has "$container" <"$lines" || return 0
  if [ -z "$recreate" ]; then
    report_how_to_recreate
    return
  fi
  recreate_container || {
    problems="$problems
- consumers.$name.recreate: \"$recreate\" $how, so container $container does not have the lines of $file. The last lines of the command: $(tail -c 4000 -- "$recreate_output" | masked "$file" | tail -n 5)"
    return 0
  }
  if container_has "$container" <"$lines"; then
    echo "$name: container $container created again, with the lines of $file"
  else
    problems="$problems
- consumers.$name.recreate: \"$recreate\" succeeded, but container $container still does not have the lines of $file: does it read that file (env_file), and is consumers.$name.container the right one?"
  fi
}

# recreate_container: runs the command; if it fails, sets how. Processes that it leaves behind hold neither this step
# nor the lock.
recreate_container() {
  recreated=0
  runuser -u "$deploy_user" -- env HOME="$(getent passwd "$deploy_user" | cut -d : -f 6)" \
    timeout -k 10 300 sh -c "cd && $recreate" >"$recreate_output" 2>&1 8>&- || recreated=$?
  case $recreated in
    0) return 0 ;;
    124 | 137) how="did not end within 300 s" ;;
    *) how="failed" ;;
  esac
  return 1
}

# report_how_to_recreate: prints the command for $container, with Compose's labels if it has them. The files of a stack
# that a tool such as Portainer made are in that tool's own container.
report_how_to_recreate() {
  docker inspect -- "$container" >/dev/null 2>&1 || {
    echo "$name: container $container does not exist; it reads $file when it is created"
    return
  }
  lacks="$name: container $container does not have these lines yet."
  project=$(compose_label project) service=$(compose_label service) missing=
  command="docker compose -p $project"
  for each in $(compose_label project.config_files | tr , ' '); do command="$command -f $each"; done
  for each in $(compose_label project.environment_file | tr , ' '); do command="$command --env-file $each"; done
  for each in $(compose_label project.config_files | tr , ' ') $(compose_label project.environment_file | tr , ' '); do
    [ -f "$each" ] || missing="$missing $each"
  done
  if [ -z "$project" ] || [ -z "$service" ]; then
    echo "$lacks Create it again, with $file as its env file."
  elif [ -n "$missing" ]; then
    echo "$lacks It is service $service of the Compose project $project, whose files are not on this host ($(printf '%s' "${missing# }" | sed 's/ /, /g')): redeploy it with the tool that made it, such as Portainer, and with $file as its env file."
  else
    echo "$lacks Run: $command up -d --force-recreate $service"
  fi
}

# compose_label NAME: prints a label that Compose has given $container
compose_label() {
  docker inspect -f "{{with index .Config.Labels \"com.docker.compose.$1\"}}{{.}}{{end}}" -- "$container"
}

# report_dead_token: names the container of $name if it has the deleted token. Variables are read at its creation.
report_dead_token() {
  container=$(printf '%s\n' "$former_consumers" | sed -n "s/^$name container //p")
  if [ -n "$container" ] && docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' -- "$container" 2>/dev/null | grep -q '^NOCODB_API_TOKEN='; then
    echo "$name: container $container has the deleted token until it is created again"
  fi
}
