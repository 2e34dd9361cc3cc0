# NocoDB as a kind of service: how its data and its containers are recognized. See web-service/kind.sh.
#
# Expects   $records; $env_file: with NocoDB's variables; the inputs of backup/database.sh.
# Changes   nothing.
# Needs     backup/database.sh remote-host/env-file.sh

# The label of the app's own containers. See service-container.ts.
OWN_LABEL=cdktf.environment

# nocodb_holds_data: prints t if NocoDB has its tables in the database, f if not
nocodb_holds_data() {
  echo "SELECT to_regclass('public.nc_users_v2') IS NOT NULL" | in_database
}

# nocodb_metadata: prints the super admin's email, and a salted fingerprint of the key that encrypts credentials in the
# database (`none` without a key, `unknown` without an env file)
nocodb_metadata() {
  printf 'admin=%s\nconnection_key=%s\n' "$(super_admin)" "$(key_fingerprint)"
}

super_admin() {
  echo "SELECT email FROM nc_users_v2 WHERE 'super' = ANY (string_to_array(roles, ',')) LIMIT 1" | in_database 2>/dev/null || true
}

key_fingerprint() {
  [ -f "${env_file-}" ] || { printf unknown && return; }
  secret_key=$(env_value "$env_file" NC_CONNECTION_ENCRYPT_KEY)
  [ -n "$secret_key" ] || { printf none && return; }
  salt_=$(new_salt)
  printf '%s:%s' "$salt_" "$(printf '%s' "$secret_key" | fingerprint "$salt_")"
}

# unmanaged_nocodbs: prints a line NAME ID STATE IMAGE NETWORK... for each container that runs NocoDB and is not the
# app's. An image of NocoDB is also one of Node.js: a container that runs another program with it is not a NocoDB.
unmanaged_nocodbs() {
  # shellcheck disable=SC2016 # a Go template
  inspected_=$(docker ps -aq --no-trunc | xargs -r docker inspect -f 'container {{.Name}} {{.Id}} {{.State.Status}} {{.Config.Image}}{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}
runs {{.Image}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}
{{with index .Config.Labels "'$OWN_LABEL'"}}own
{{end}}{{range .Config.Env}}env {{.}}
{{end}}' 2>/dev/null) || true
  {
    printf '%s\n' "$inspected_" | awk '$1 == "runs" { print $2 }' | sort -u |
      xargs -r docker image inspect -f 'image {{.Id}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}' 2>/dev/null || true
    printf '%s\n' "$inspected_"
  } | awk '
    function print_it() { if (! own && (settings || (by_image && runs in image))) print line }
    $1 == "image" { image[substr($0, 7)] }
    $1 == "container" { print_it(); line = substr($0, 12); own = settings = 0; by_image = ($5 ~ /(^|\/)nocodb([:@]|$)/) }
    $1 == "runs" { runs = substr($0, 6) }
    $1 == "own" { own = 1 }
    /^env NC_DOCKER=/ { by_image = 1 }
    /^env (NC_DB|NC_DB_JSON|NC_DB_JSON_FILE)=/ { settings = 1 }
    END { print_it() }'
}

# find_unmanaged: sets unmanaged to those lines, once
find_unmanaged() {
  unmanaged=${unmanaged-$(unmanaged_nocodbs)}
}

# nocodb_is_unmanaged CONTAINER: whether it is a NocoDB that this app did not create
nocodb_is_unmanaged() {
  find_unmanaged
  case "
$unmanaged" in *"
$1 "*) return 0 ;; esac
  return 1
}

# adoption_value NAME: prints a value that an adoption has recorded, nothing if there was none. See
# cli/adopt/adoption.sh.
adoption_value() {
  sed -n "s/^$1=//p" "${records%/*}/adoption/metadata" 2>/dev/null || true
}
