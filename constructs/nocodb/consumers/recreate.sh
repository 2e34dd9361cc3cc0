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

# report_how_to_recreate: prints the command for $container, with Compose's labels if it has them
report_how_to_recreate() {
  labels=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.project.config_files"}} {{index .Config.Labels "com.docker.compose.service"}}' -- "$container" 2>/dev/null) || {
    echo "$name: container $container does not exist; it reads $file when it is created"
    return
  }
  case $labels in
    /*' '?*) echo "$name: container $container does not have these lines yet. Run: docker compose -f $(printf '%s' "${labels% *}" | sed 's/,/ -f /g') up -d --force-recreate ${labels##* }" ;;
    *) echo "$name: container $container does not have these lines yet. Create it again, with $file as its env file." ;;
  esac
}

# report_dead_token: names the container of $name if it has the deleted token. Variables are read at its creation.
report_dead_token() {
  container=$(printf '%s\n' "$former_consumers" | sed -n "s/^$name container //p")
  if [ -n "$container" ] && docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' -- "$container" 2>/dev/null | grep -q '^NOCODB_API_TOKEN='; then
    echo "$name: container $container has the deleted token until it is created again"
  fi
}
