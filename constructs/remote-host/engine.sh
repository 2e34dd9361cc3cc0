# The containers and networks of this host's Docker engine, read once for all checks.
#
# Changes   nothing.
# Needs     remote-host/common.sh

# read_engine: sets networks to their names, and containers to a line NAME STATE RESTARTS NETWORK,ALIAS,… … for each
# container
read_engine() {
  # shellcheck disable=SC2016 # variables of the template
  containers=$(docker ps -aq 2>/dev/null | xargs -r docker inspect -f '{{.Name}} {{.State.Status}} {{.RestartCount}}{{range $network, $its := .NetworkSettings.Networks}} {{$network}}{{range $its.Aliases}},{{.}}{{end}}{{end}}' 2>/dev/null | sed 's#^/##') || true
  networks=$(docker network ls --format '{{.Name}}' 2>/dev/null) || networks=
}

# state_of CONTAINER: prints running, exited, …, or missing
state_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { state = $2 } END { print (state == "" ? "missing" : state) }'
}

# restarts_of CONTAINER: prints how often it restarted on its own
restarts_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { print $3 }'
}

# networks_of CONTAINER: prints the names of its networks, each with a blank before and after
networks_of() {
  printf '%s\n' "$containers" | awk -v name="$1" '$1 == name { for (i = 4; i <= NF; i++) { sub(/,.*/, "", $i); printf " %s ", $i } }'
}

# holders_of ALIAS NETWORK OWN: prints the running containers that have ALIAS on the network, except OWN
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
