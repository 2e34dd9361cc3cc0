# Looking at a container.

# container_shape NAME: one line for each thing that the docker provider does not read back (networks, aliases) or would
# replace the container for without the guard (cpus), the directories behind its mounts, and the id.
container_shape() {
  docker inspect -f 'id {{slice .Id 0 12}}
cpus {{.HostConfig.NanoCpus}}
{{range $name, $network := .NetworkSettings.Networks}}network {{$name}} as{{range $network.Aliases}} {{.}}{{end}}
{{end}}{{range .Mounts}}mount {{.Destination}} {{.Source}}
{{end}}' -- "$1" 2>/dev/null | while read -r what rest; do
    # A directory that was replaced on the host goes on being the old one in the container.
    [ "$what" = mount ] && rest="${rest%% *} of inode $(stat -c %i -- "${rest#* }" 2>/dev/null)"
    printf '%s %s\n' "$what" "$rest"
  done | awk '
    $1 == "id" { id = $2 }
    $1 == "cpus" { $2 = $2 / 1000000000 }
    { sub(" " id, "", $0); if ($1 == "id") $0 = "id " id; if (NF > 0) print }' | sort
}

# last_words NAME ENV_FILE: the container's last log lines, secrets masked
last_words() {
  docker logs --tail 20 "$1" 2>&1 | masked "$2"
}
