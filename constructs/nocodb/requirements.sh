# Requirements of NocoDB. See remote-host/require.sh.
#
# Expects   $records.
# Changes   nothing.
# Needs     remote-host/require.sh nocodb/kind.sh nocodb/rivals.sh nocodb/super-admin.sh nocodb/storage.sh service-secrets/lib.sh

# prepare_no_other_nocodb: several checks need the containers that run NocoDB
prepare_no_other_nocodb() {
  find_unmanaged
}

# require_no_other_nocodb NAME ENVIRONMENT NETWORK...: no unmanaged NocoDB has the name or runs on one of the networks.
# The app's own would be a second NocoDB beside it, on an empty database or, worse, on the same one.
require_no_other_nocodb() {
  named_=$1 environment_=$2
  shift 2
  [ "${adopting-}" != yes ] || return 0
  if [ -n "$(adoption_value id)" ] && [ -z "$(adoption_value complete)" ]; then
    unmet "the NocoDB of container $(adoption_value name) is only half adopted: run \`npx nocodb-host adopt $environment_\` again, or revert it with \`npx nocodb-host adopt $environment_ --revert\`"
    return 0
  fi
  find_unmanaged
  while read -r container_ _ state_ image_ attached_; do
    beside_=no
    for each_ in "$@"; do case " $attached_ " in *" $each_ "*) beside_=$state_ ;; esac done
    [ "$container_" = "$named_" ] || [ "$beside_" = running ] || continue
    if is_service "$container_"; then
      unmet "$(called "$container_") ($state_, image $image_) is a NocoDB that this app did not create, and only containers can be adopted: run it as a container of this host instead, with the same settings, and adopt that (\`npx nocodb-host adopt $environment_\`), or $(how_to_stop "$container_") if you do not need it"
      continue
    fi
    unmet "container $container_ ($state_, image $image_) is a NocoDB that this app did not create: \`npx nocodb-host adopt $environment_\` inspects it and, once you confirm, adopts it with its database, data, users and tokens"
  done <<LIST
$unmanaged
LIST
}

# require_no_worker CONTAINER DATABASE NETWORK...: no worker that the app did not create uses the database. It would run
# jobs beside the app's NocoDB, with settings of its own and, after an upgrade, with another version.
require_no_worker() {
  [ "${adopting-}" != yes ] || return 0
  server_=$1 database_=$2
  shift 2
  unmet_workers "$(workers_of "$database_" "$server_" "$@")" "$database_"
}

# unmet_workers LINES DATABASE: reports the lines of workers_of
unmet_workers() {
  while read -r worker_ state_ image_; do
    [ -z "$worker_" ] ||
      unmet "$(called "$worker_") ($state_, image $image_) is a worker of a NocoDB (NC_WORKER_CONTAINER) on database $2, and the app runs NocoDB without workers: $(how_to_stop "$worker_"), remove it from the playbook or compose file that created it, and try again"
  done <<LIST
$1
LIST
}

# require_no_rival NAME SERVER SUPERUSER DATABASE HOST NETWORK...: no other NocoDB uses the database. The role's password
# would change under it, and two instances would write one database. To a server elsewhere, all containers of this host
# have the host's address, so there only their settings are compared.
require_no_rival() {
  [ "${adopting-}" != yes ] || return 0
  named_=$1 server_=$2 superuser_=$3 database_=$4 hostname_=$5
  shift 5
  rivals_=$(rivals_by_settings "$named_" "$server_" "$database_" "$@")
  while read -r rival_ state_ image_; do
    [ -z "$rival_" ] || unmet_rival "$(called "$rival_") ($state_, image $image_)" "$rival_"
  done <<LIST
$rivals_
LIST
  # Through a name of the host's DNS, the app's own NocoDB may have an address that is not its container's.
  case $hostname_ in *[.:]*) return 0 ;; esac
  ! is_elsewhere "$server_" || return 0
  rivals_=$(rivals_by_session "$named_" "$server_" "$superuser_" "$database_" 2>/dev/null) || return 0
  while read -r rival_ address_ role_; do
    case $problems in *"$(called "$rival_") ("* | *"$rival_ (connected from"*) continue ;; esac
    case $rival_ in
      '') ;;
      -) [ -n "$problems" ] || unmet_rival "a program at $address_, as role $role_," ;;
      *) unmet_rival "$(called "$rival_") (connected from $address_ as role $role_)" "$rival_" ;;
    esac
  done <<LIST
$rivals_
LIST
}

# is_renamed CONTAINER: whether it is the app's own on record, under another name
is_renamed() {
  [ "$(state_of "$named_")" = missing ] &&
    grep -qsxF -e "shape=id $(inspected "$1" shape | sed -n 's/^id //p')" -- "$records"/*
}

# is_service NAME: whether it is a service of a cluster
is_service() {
  [ -n "$(inspected "$1" cluster)" ]
}

# called NAME: prints what it is, and its name
called() {
  if is_service "$1"; then printf 'service %s of the cluster' "$1"; else printf 'container %s' "$1"; fi
}

# how_to_stop NAME: prints what ends a container or a service that this app did not create
how_to_stop() {
  if is_service "$1"; then printf 'stop it for good (docker service scale %s=0)' "$1"; else printf 'stop it for good (docker update --restart=no %s; docker stop %s)' "$1" "$1"; fi
}

# unmet_rival WHAT [CONTAINER]: reports it
unmet_rival() {
  if [ -n "${2-}" ] && is_renamed "$2"; then
    # As require_free_alias says it.
    unmet "container $2 is the one that this app created, under another name: docker rename $2 $named_"
    return 0
  fi
  of_=$([ -z "${2-}" ] || inspected "$2" label | sed -n "s/^$OWN_LABEL=\(..*\)/, of environment \1 of this app,/p")
  if [ -n "$of_" ]; then stop_=; elif [ -n "${2-}" ]; then stop_="$(how_to_stop "$2"), or "; else stop_="stop it, or "; fi
  unmet "$1$of_ is another NocoDB on database $database_ $(at_server "$server_"): ${stop_}set postgresql.database and postgresql.role in the environment file to names of its own"
}

# require_super_admin CONTAINER SUPERUSER DATABASE EMAIL [accepted]: the super admin has that address, because NocoDB
# renames its super admin to NC_ADMIN_EMAIL and deletes another user of that name. `accepted` allows the rename.
require_super_admin() {
  [ "${adopting-}" != yes ] || return 0
  present=$(super_admin_of "$1" "$2" "$3" 2>&1) || {
    unmet_if_locked "$present" "$3"
    return 0
  }
  expected_=$(printf '%s' "$4" | tr '[:upper:]' '[:lower:]')
  case $(printf '%s' "$present" | tr '[:upper:]' '[:lower:]') in '' | "$expected_") return 0 ;; esac
  if [ "${5-}" != accepted ]; then
    unmet "NocoDB in database $3 has the super admin $present, and admin.email ($4) would rename that user: set admin.email to $present in the environment file, or, if you want the other name, acknowledgements.super-admin-renamed to the reason"
  elif [ "$(printf '%s\n' "SELECT count(*) FROM nc_users_v2 WHERE lower(email) = lower(:'email')" | sql "$1" "$2" -d "$3" -v email="$4" 2>/dev/null)" != 0 ]; then
    unmet "NocoDB in database $3 already has another user $4, whom it would delete when its super admin gets that name: choose another admin.email, or remove that user first"
  fi
}

# require_connection_key CONTAINER SUPERUSER DATABASE SECRETS: the host has a key if NocoDB has encrypted data sources
# with one. The record of the secrets may be lost with them.
require_connection_key() {
  secrets=$4
  { [ -z "${adopting-}${restoring-}" ] && [ -z "$(next_value NC_CONNECTION_ENCRYPT_KEY)" ]; } || return 0
  encrypted_=$(encrypted_sources "$1" "$2" "$3" 2>/dev/null) || return 0
  [ "${encrypted_:-0}" = 0 ] ||
    unmet "NC_CONNECTION_ENCRYPT_KEY is missing in $secrets/values, and NocoDB in database $3 has encrypted $encrypted_ data sources with it: put its line back (every backup has it in its file secrets)"
}

# encrypted_sources CONTAINER SUPERUSER DATABASE: prints how many there are
encrypted_sources() {
  sql "$1" "$2" -d "$3" <<'SQL'
SELECT sum((xpath('/row/count/text()', query_to_xml(format('SELECT count(*) FROM %I WHERE is_encrypted', table_name), false, true, '')))[1]::text::int)
  FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'is_encrypted' AND table_name LIKE 'nc\_%';
SQL
}

# What to do if the container that asks does not work.
NOT_ASKED="the app asks from a container with NocoDB's image, which Docker on the host must be able to start: fix what its words say, and try again"

# require_redis IMAGE SECRETS HOST PORT plain|tls DATABASE secret|none NETWORK...: it answers NocoDB, and nothing else uses
# its database, which a start of NocoDB empties
require_redis() {
  asking_=$1 secrets=$2 host_=$3 port_=$4 tls_=$5 redis_database_=$6 password_=
  [ "$7" = none ] || password_=$(next_value REDIS_PASSWORD)
  [ -n "$password_" ] || [ "$7" = none ] || return 0
  uses_password_=$7
  shift 7
  wrong_=$(printf 'kind=redis\nhost=%s\nport=%s\ntls=%s\ndatabase=%s\npassword=%s\n' "$host_" "$port_" "$tls_" "$redis_database_" "$password_" | ask_storage "$asking_" "$@") || return 0
  case $wrong_ in
    '') return 0 ;;
    cannot\ be\ asked*) fix_=$NOT_ASKED ;;
    database\ holds*) fix_="NocoDB would delete them at each start: set redis.database to one that nothing else uses" ;;
    asks*) fix_="set redis.password to secret in the environment file" ;;
    has\ no*) fix_="set redis.password to none in the environment file" ;;
    refuses\ the*) fix_="set the right one with \`npx nocodb-host secret set\` and the name REDIS_PASSWORD" ;;
    *) fix_="start it, or correct redis.host, redis.port, redis.tls and redis.database in the environment file" ;;
  esac
  unmet "redis: Redis at $host_:$port_ (database $redis_database_, password: $uses_password_) $wrong_: $fix_"
}

# require_bucket IMAGE SECRETS ORIGIN BUCKET REGION path|host NETWORK...: it exists, and the keys open it
require_bucket() {
  asking_=$1 secrets=$2 origin_=$3 bucket_=$4 region_=$5 path_=
  [ "$6" = host ] || path_=/$bucket_
  shift 6
  key_=$(next_value NC_S3_ACCESS_KEY) secret_=$(next_value NC_S3_ACCESS_SECRET)
  [ -n "$key_" ] && [ -n "$secret_" ] || return 0
  wrong_=$(printf 'kind=bucket\norigin=%s\npath=%s\nregion=%s\nkey=%s\nsecret=%s\n' "$origin_" "$path_" "$region_" "$key_" "$secret_" | ask_storage "$asking_" "$@") || return 0
  case $wrong_ in
    '') return 0 ;;
    cannot\ be\ asked*) fix_=$NOT_ASKED ;;
    denies*) fix_="allow its keys s3:GetObject, s3:PutObject and s3:DeleteObject on the bucket's objects, and s3:ListBucket on the bucket, without which a missing object cannot be told from a missing right" ;;
    does\ not\ exist) fix_="create it, or correct attachments.s3.bucket in the environment file" ;;
    refuses*) fix_="set the right ones with \`npx nocodb-host secret set\` and the names NC_S3_ACCESS_KEY and NC_S3_ACCESS_SECRET" ;;
    is\ in*) fix_="correct attachments.s3.region in the environment file" ;;
    *) fix_="start the server, or correct attachments.s3 in the environment file: endpoint and forcePathStyle give its address" ;;
  esac
  unmet "attachments.s3: bucket $bucket_ at $origin_ (region $region_) $wrong_: $fix_"
}

# require_no_local_attachments CONTAINER DATA BUCKET: rows name attachments in the data directory by a path, which NocoDB
# cannot show any more once it has a bucket
require_no_local_attachments() {
  ! inspected "$1" env 2>/dev/null | grep -q '^NC_S3_BUCKET_NAME=' || return 0
  [ -n "$(find "$2/nc/uploads" -type f -print -quit 2>/dev/null)" ] || return 0
  unmet "attachments.s3: $2/nc/uploads holds attachments, and NocoDB no longer shows those once it has bucket $3, not even if they are copied there: keep the data directory, or set acknowledgements.local-attachments-left to the reason and upload them again (docs/storage.md)"
}
