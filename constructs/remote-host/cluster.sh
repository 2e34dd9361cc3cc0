# Services of a Docker Swarm, shown to the checks like containers.
#
# Changes   nothing.
# Needs     remote-host/common.sh

# What a check may ask about a service, as in ABOUT_CONTAINER (engine.sh).
# shellcheck disable=SC2016 # variables of the template
ABOUT_SERVICE='= {{.Spec.Name}}
id {{.ID}}
name {{.Spec.Name}}
cluster yes
restarts 0
started {{json .UpdatedAt}}
{{with .Spec.Mode.Replicated}}replicas {{.Replicas}}
{{end}}{{with .Spec.TaskTemplate.ContainerSpec}}image {{.Image}}
runs {{.Image}}{{with .Command}} {{json .}}{{end}}
{{range .Env}}env {{join (split . "\n") "\\n"}}
{{end}}{{range .Configs}}{{$id := .ConfigID}}{{with .File}}config {{$id}} {{.Name}}
{{end}}{{end}}{{end}}{{range .Spec.TaskTemplate.Networks}}target {{.Target}}{{range .Aliases}},{{.}}{{end}}
{{end}}{{range $name, $value := .Spec.Labels}}label {{$name}}={{join (split $value "\n") "\\n"}}
{{end}}'

# about_services [NAME]: prints that of all services of this app, or of the one of that name. Prints nothing if this engine
# manages no cluster.
about_services() {
  found_services=$(timeout 8 docker service ls -q --filter "label=cdktf.environment" ${1:+--filter "name=$1"} 2>/dev/null) || return 0
  describe_services "$found_services" "${1-}"
}

# describe_services IDS [NAME]: prints that of these services, or of the one of that name; each with its tasks: `state`
# (running if one runs), `address` of each task that runs, `other-address` of each that starts, ends or has ended,
# and `network`. Variables that its tasks read from the file variables.json are lines `env` as well.
describe_services() {
  found_services=$1
  [ -n "$found_services" ] || return 0
  {
    timeout 8 docker network ls --no-trunc --format 'called {{.ID}} {{.Name}}' 2>/dev/null || true
    # shellcheck disable=SC2086 # ids
    timeout 8 docker service ps -q --no-trunc $found_services 2>/dev/null |
      xargs -r docker inspect --type task -f 'task {{.ServiceID}} {{.DesiredState}}-{{.Status.State}}{{range .NetworksAttachments}}{{range .Addresses}} {{.}}{{end}}{{end}}' 2>/dev/null || true
    # shellcheck disable=SC2086
    found_services=$(docker service inspect -f "$ABOUT_SERVICE" $found_services 2>/dev/null) || true
    printf '%s\n' "$found_services" | awk '$1 == "config" && $3 ~ /\/variables[.]json$/ { print $2 }' | sort -u |
      xargs -r docker config inspect -f 'json {{.ID}} {{printf "%s" .Spec.Data}}' 2>/dev/null || true
    printf '%s\n' "$found_services"
  } | only=${2-} awk '
    # Prints an object of strings as lines of variables. A line break in one stays \n.
    function variables(json,  text, word, count) {
      while (match(json, /"([^"\\]|\\.)*"/)) {
        word = substr(json, RSTART + 1, RLENGTH - 2)
        json = substr(json, RSTART + RLENGTH)
        gsub(/\\\\/, "\001", word); gsub(/\\"/, "\"", word); gsub(/\\\//, "/", word); gsub(/\001/, "\\", word)
        text = text (++count % 2 ? "env " word "=" : word "\n")
      }
      return text
    }
    function print_it(  i) {
      if (id == "" || (ENVIRON["only"] != "" && ENVIRON["only"] != name)) return
      printf "%s", text
      print "state " (id in runs ? "running" : "stopped")
      for (i = 1; i <= count[id]; i++) print address[id, i]
    }
    $1 == "called" { called[$2] = $3; next }
    $1 == "json" { content[$2] = substr($0, length($2) + 7); next }
    $1 == "config" { text = text variables(content[$2]); next }
    $1 == "task" {
      if ($3 == "running-running") runs[$2] = 1
      key = $3 == "running-running" ? "address " : "other-address "
      for (i = 4; i <= NF; i++) { sub(/\/.*/, "", $i); address[$2, ++count[$2]] = key $i }
      next
    }
    $1 == "=" { print_it(); text = ""; id = ""; name = $2 }
    $1 == "id" { id = $2 }
    $1 == "started" { gsub(/"/, "", $2); $0 = "started " $2 }
    $1 == "target" {
      at = $2; sub(/,.*/, "", at); rest = substr($2, length(at) + 1)
      $0 = "network " (at in called ? called[at] : at) rest
    }
    NF > 0 { text = text $0 "\n" }
    END { print_it() }'
}

# with_services [IDS] < inspections: prints them and those of the services, by default of this app's, without the containers
# of their tasks. A task of a service of this app that was removed is left out as well: it ends within its grace period.
# Each service has a line `via` with a container on this host that is on one of its networks, if there is one: this host
# itself does not reach an address of an overlay network.
with_services() {
  { if [ $# -eq 0 ]; then about_services; else describe_services "$1"; fi && echo '= ' && cat; } | awk '
    { line[NR] = $0; of[NR] = name }
    $1 == "=" { name = $2; of[NR] = name; known[name] = 1 }
    $1 == "cluster" { service[name] = 1 }
    $1 == "state" { state[name] = $2 }
    $1 == "network" { on = $2; sub(/,.*/, "", on); networks[name] = networks[name] " " on }
    $1 == "via" { shown[name] = 1 }
    $1 == "label" && $2 ~ /^cdktf[.]environment=./ { own[name] = 1 }
    $1 == "label" && sub(/^label com\.docker\.swarm\.service\.name=/, "") { task_of[name] = $0 }
    END {
      for (each in service) for (other in known) {
        if (other == "" || other in service || state[other] != "running") continue
        count = split(networks[each], its, " ")
        # A task may end at any time, so it is the last choice.
        for (i = 1; i <= count; i++)
          if (index(networks[other] " ", " " its[i] " ") && !(each in via && other in task_of)) via[each] = other
      }
      for (i = 1; i <= NR; i++) {
        name = of[i]
        if (name == "" || (name in task_of && (task_of[name] in service || name in own))) continue
        print line[i]
        if (line[i] == "cluster yes" && name in via && ! (name in shown)) print "via " via[name]
      }
    }'
}
