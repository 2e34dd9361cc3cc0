# Looking at containers.

# look_around: notes which containers and networks there are, once for all questions about them. For each container a line
# NAME STATE STARTS-ON-ITS-OWN NETWORK,ALIAS,… …
look_around() {
  # shellcheck disable=SC2016 # variables of the template
  containers=$(docker ps -aq 2>/dev/null | xargs -r docker inspect -f '{{.Name}} {{.State.Status}} {{.RestartCount}}{{range $network, $its := .NetworkSettings.Networks}} {{$network}}{{range $its.Aliases}},{{.}}{{end}}{{end}}' 2>/dev/null | sed 's#^/##') || true
  networks=$(docker network ls --format '{{.Name}}' 2>/dev/null) || networks=
}

# state_of CONTAINER: running, exited, …, or missing
state_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { state = $2 } END { print (state == "" ? "missing" : state) }'
}

# starts_of CONTAINER: how often it started again on its own
starts_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { print $3 }'
}

# networks_of CONTAINER: their names, each with a blank before and after
networks_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { for (i = 4; i <= NF; i++) { sub(/,.*/, "", $i); printf " %s ", $i } }'
}

# holders_of ALIAS NETWORK OWN: containers that run and answer to ALIAS there, all but OWN
holders_of() {
  printf '%s\n' "$containers" | awk -v alias="$1" -v network="$2" -v own="$3" '
    $1 == own || ($2 != "running" && $2 != "paused") { next }
    {
      for (i = 4; i <= NF; i++) {
        count = split($i, name, ",")
        if (name[1] != network) continue
        hit = ($1 == alias)
        for (j = 2; j <= count; j++) hit = hit || name[j] == alias
        if (hit) print $1
      }
    }'
}

# container_shape NAME: one line for each thing that the docker provider does not read back (networks, aliases, limits that
# the app leaves alone) or would replace the container for without the guard (cpus), the directories behind its mounts, and
# the id. Its environment and labels cannot change while it is the same container.
container_shape() {
  docker inspect -f 'id {{slice .Id 0 12}}
cpus {{.HostConfig.NanoCpus}}
{{with .HostConfig}}{{with .PidsLimit}}pids {{.}}{{end}}
{{with .CpuShares}}cpu shares {{.}}{{end}}
{{with .CpuQuota}}cpu quota {{.}}{{end}}
{{with .CpusetCpus}}cpus allowed {{.}}{{end}}
{{with .CpusetMems}}memory nodes {{.}}{{end}}
{{with .BlkioWeight}}block weight {{.}}{{end}}{{end}}
{{range $name, $network := .NetworkSettings.Networks}}network {{$name}} as{{range $network.Aliases}} {{.}}{{end}}
{{end}}{{range .Mounts}}mount {{.Destination}} {{.Source}}
{{end}}' -- "$1" 2>/dev/null | while read -r what rest; do
    # A directory that was replaced on the host goes on being the old one in the container.
    [ "$what" = mount ] && rest="${rest%% *} of inode $(stat -c %i -- "${rest#* }" 2>/dev/null)"
    printf '%s %s\n' "$what" "$rest"
  done | awk '
    $1 == "id" { id = $2 }
    NF == 0 { next }
    $1 == "cpus" && NF == 2 { $2 = $2 / 1000000000 }
    { sub(" " id, "", $0); if ($1 == "id") $0 = "id " id; print }' | sort
}

# container_limits NAME: one line for each thing that the docker provider reads back and puts right by itself. A plan shows
# them as attributes; a look without Terraform has no other words for them.
container_limits() {
  docker inspect -f '{{with .HostConfig}}memory {{.Memory}}
memory with swap {{.MemorySwap}}
memory reservation {{.MemoryReservation}}
restart policy {{.RestartPolicy.Name}}{{with .RestartPolicy.MaximumRetryCount}}, {{.}} times{{end}}{{end}}' -- "$1" 2>/dev/null |
    awk '$1 == "memory" && $NF > 0 { $NF = $NF / 1048576 "M" } { print }'
}

# last_words NAME ENV_FILE: the container's last log lines, secrets masked
last_words() {
  docker logs --tail 20 "$1" 2>&1 | masked "$2"
}
