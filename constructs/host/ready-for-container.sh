# The last look before the container is created: by now the old one is gone.
#
# Expects   requirements; name, label, image: the container that is about to be created; what backup.sh expects.
# Changes   removes a container of that name and label which the state does not know (the state was lost, or a deploy was
#           killed between creating and noting it); makes a backup where no fresh one is there. May run twice.
# Prints    nothing, or what is not as it must be.
main() {
  lock_host "what comes before the container"
  require_all
  for orphan in $(docker ps -aq --no-trunc --filter "name=^/$name\$" --filter "label=$label"); do
    docker stop --time 10 "$orphan" >/dev/null
    docker rm -f "$orphan" >/dev/null
  done
  ensure_backup_before "$image"
  [ -z "${backups-}" ] || note_started "$image"
}

main </dev/null
