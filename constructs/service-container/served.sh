# Which image served a service last, and which one was started since then. Both are files beside the records, because
# the Terraform state may be lost.
#
# Expects   $records; $service: the service's name.
# Changes   nothing until a function is called.
# Needs     remote-host/record.sh

# served_file: prints its path
served_file() {
  printf '%s/.served-%s' "$records" "$service"
}

# served NAME: prints image (its reference), release (a key that sorts like its version, empty if it names none),
# version (its tag), id (of the image) or since (in seconds); nothing if no image has served
served() {
  [ ! -f "$(served_file)" ] || sed -n "s/^$1=//p" "$(served_file)"
}

# record_served IMAGE ID RELEASE VERSION: records that the image serves
record_served() {
  if [ "$(served image) $(served id)" != "$1 $2" ]; then
    new_=$(scratch)
    printf 'image=%s\nid=%s\nrelease=%s\nversion=%s\nsince=%s\n' "$1" "$2" "$3" "$4" "$(date +%s)" >"$new_"
    mv -f -- "$new_" "$(served_file)"
  fi
  rm -f -- "$(started_file)"
}

# started_file: prints its path. An image that was started and has not served yet may have migrated the database, at
# least in part. A backup from that time does not hold the data as the former image left it.
started_file() {
  printf '%s/.started-%s' "$records" "$service"
}

# record_started IMAGE: records that the image is about to start
record_started() {
  new_=$(scratch)
  printf '%s\n' "$1" >"$new_"
  mv -f -- "$new_" "$(started_file)"
}
