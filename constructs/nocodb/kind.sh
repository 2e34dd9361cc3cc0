# NocoDB as a kind of service: how its data and its containers are recognized. See web-service/kind.sh.
#
# Expects   $records; the inputs of backup/database.sh.
# Changes   nothing.
# Needs     backup/database.sh remote-host/engine.sh postgres-database/server.sh

# The label of the app's own containers. See service-container.ts.
OWN_LABEL=cdktf.environment

# nocodb_holds_data: prints t if NocoDB has its tables in the database, f if not
nocodb_holds_data() {
  echo "SELECT to_regclass('public.nc_users_v2') IS NOT NULL" | in_database
}

# nocodb_metadata: prints the super admin's email
nocodb_metadata() {
  printf 'admin=%s\n' "$(super_admin)"
}

super_admin() {
  echo "SELECT email FROM nc_users_v2 WHERE 'super' = ANY (string_to_array(roles, ',')) LIMIT 1" | in_database 2>/dev/null || true
}

# nocodb_containers: prints a line ROLE NAME ID STATE IMAGE NETWORK... for each container or service that runs NocoDB. ROLE is
# `managed` if the app created it, `serves`, or `works` for a container that only runs the jobs of another one. An image
# of NocoDB is also one of Node.js: a container that runs another program with it is not a NocoDB.
nocodb_containers() {
  [ -n "${inspections+read}" ] || read_engine || true
  {
    # Others have settings of NocoDB, or are not called so.
    printf '%s\n' "$inspections" | awk '
      function print_it() { if (named && ! settings) print image }
      $1 == "=" { print_it(); named = settings = 0 }
      $1 == "image" && $2 ~ /(^|\/)nocodb([:@]|$)/ || /^env NC_DOCKER=/ { named = 1 }
      /^env (NC_DB|NC_DB_JSON|NC_DB_JSON_FILE)=/ { settings = 1 }
      $1 == "runs" { image = $2 }
      END { print_it() }' | sort -u |
      xargs -r docker image inspect -f 'by {{.Id}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}' 2>/dev/null || true
    printf '%s\n' "$inspections"
  } | own="label $OWN_LABEL=" awk '
    function print_it() { if (settings || (by_image && (cluster ? runs == reference : runs in image))) print (own ? "managed" : role), name, id, state, reference attached }
    $1 == "by" { image[substr($0, 4)] }
    $1 == "=" { print_it(); name = $2; role = "serves"; attached = ""; own = settings = cluster = 0 }
    $1 == "cluster" { cluster = 1 }
    $1 == "id" { id = $2 }
    $1 == "state" { state = $2 }
    $1 == "image" { reference = $2; by_image = ($2 ~ /(^|\/)nocodb([:@]|$)/) }
    $1 == "runs" { runs = substr($0, 6) }
    $1 == "network" { split($2, part, ","); attached = attached " " part[1] }
    index($0, ENVIRON["own"]) == 1 && $0 != ENVIRON["own"] { own = 1 }
    /^env NC_DOCKER=/ { by_image = 1 }
    /^env NC_WORKER_(CONTAINER|MODE_ENABLED)=true$/ { role = "works"; settings = 1 }
    /^env (NC_DB|NC_DB_JSON|NC_DB_JSON_FILE)=/ { settings = 1 }
    END { print_it() }'
}

# foreign_services: prints the ids of the services of this host's cluster that run NocoDB and that this app did not create
foreign_services() {
  inspections=$(timeout 8 docker service ls -q 2>/dev/null | xargs -r docker service inspect -f "$ABOUT_SERVICE" 2>/dev/null) || true
  nocodb_containers | awk '$1 != "managed" { print $3 }'
}

# find_unmanaged: sets unmanaged, workers and managed to those lines without their ROLE, once. Adds such services to
# inspections.
find_unmanaged() {
  [ -z "${unmanaged+known}" ] || return 0
  [ -n "${inspections+read}" ] || read_engine || true
  ! is_engine manager "${engine-}" || foreign_=$(foreign_services)
  [ -z "${foreign_-}" ] || inspections=$(printf '%s\n' "$inspections" | with_services "$foreign_")
  both_=$(nocodb_containers)
  unmanaged=$(lines_after 'serves ' "$both_")
  workers=$(lines_after 'works ' "$both_")
  managed=$(lines_after 'managed ' "$both_")
}

# workers_of DATABASE SERVER NETWORK...: prints a line NAME STATE IMAGE for each worker that runs, or that the engine
# will start, and may use the database: it shares a network with the app or with PostgreSQL's container, and its settings
# name no other database.
workers_of() {
  find_unmanaged
  [ -n "$workers" ] || return 0
  database_=$1
  reachable_=
  is_elsewhere "$2" || reachable_=" $(inspected "$2" network | sed 's/,.*//' | paste -s -d ' ' -) "
  shift 2
  reachable_=" $reachable_$* "
  printf '%s\n' "$workers" | while read -r worker_ _ state_ image_ attached_; do
    near_=no
    for each_ in $attached_; do case $reachable_ in *" $each_ "*) near_=yes ;; esac done
    { [ "$near_" = yes ] && may_run "$worker_" "$state_" && may_use "$worker_" "$database_"; } || continue
    printf '%s %s %s\n' "$worker_" "$state_" "$image_"
  done
}

# may_run CONTAINER STATE: whether it runs, or starts again with the engine, or as a service of a cluster by itself
may_run() {
  [ "$(inspected "$1" replicas)" != 0 ] || return 1
  case $2 in exited | created | dead) ;; *) return 0 ;; esac
  [ "$(inspected "$1" restart-policy)" = always ]
}

# may_use CONTAINER DATABASE: false if its settings name only other databases; settings in a file count as this one
may_use() {
  its_=$(inspected "$1" env | grep -E '^(NC_DB|NC_DB_JSON|(NC_)?DATABASE_URL)=.') || return 0
  printf '%s\n' "$its_" | grep -qE "[?&](d|database)=$2(&|\$)|/$2([?]|\$)|\"database\" *: *\"$2\""
}

# nocodb_is_unmanaged CONTAINER: whether it is a NocoDB that this app did not create
nocodb_is_unmanaged() {
  find_unmanaged
  case "
$unmanaged
$workers" in *"
$1 "*) return 0 ;; esac
  return 1
}

# adoption_value NAME: prints a value that an adoption has recorded, nothing if there was none. See
# cli/adopt/adoption.sh.
adoption_value() {
  sed -n "s/^$1=//p" "${records%/*}/adoption/metadata" 2>/dev/null || true
}
