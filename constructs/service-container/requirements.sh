# Requirements of a service's container. See remote-host/require.sh.
#
# Expects   $records.
# Changes   nothing.
# Needs     remote-host/require.sh service-container/served.sh **/kind.sh

# require_free_name CONTAINER LABEL KIND: no container has that name, except one that the app created. The kind of
# service has its own requirement for containers that it recognizes.
require_free_name() {
  labels_=$(inspected "$1" label) || return 0
  printf '%s\n' "$labels_" | grep -qxF -e "$2" || "${3}_is_unmanaged" "$1" ||
    unmet "a container named $1 exists that this app did not create: rename it (docker rename $1 $1_before) or remove it, then deploy again"
}

# require_no_userns_remap CONTAINER: the engine gives the container the host's users, so both see the same owners of files
require_no_userns_remap() {
  ! is_engine userns "$engine" ||
    unmet "the Docker engine maps the users of containers to others (userns-remap), so container $1 could neither read its secrets nor write its data: set usernsMode: host in the environment file, which starts this container alone without the mapping"
}

# require_no_downgrade SERVICE RELEASE IMAGE RESTORE_COMMAND...: the image is not older than the last one, which has
# migrated the database. RELEASE is a key that sorts like the version, `-` if the image names no version.
require_no_downgrade() {
  service=$1 release_=$2 image_=$3
  shift 3
  from_=$(served release)
  if [ -z "$from_" ] || [ "$release_" = - ] || [ "$from_" = "$release_" ]; then return 0; fi
  [ "$(printf '%s\n%s\n' "$from_" "$release_" | sort | head -n 1)" = "$from_" ] ||
    unmet "image $image_ is older than $(served image), which has migrated the database: restore a backup, which also sets the image ($*), or keep the newer image in the environment file"
}
