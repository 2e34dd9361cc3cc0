# Writes the owner marker: one Terraform state manages what the app keeps on this host.
#
# Expects   $key, $status; $state: its id; $state_place: where it is kept, empty for a file where Terraform runs. A
#           state in PostgreSQL also counts the machine that Terraform runs on: only that knows the server
#           (PG_CONN_STR).
# Changes   writes the marker. If another state owns the host, the deploy fails here, unless that state was in the same
#           place: then it must have been lost. May run twice.
# Prints    nothing, or which state owns the host.
# Fails     another Terraform state owns the host: already_managed_by
#           the records cannot be written: room
# Needs     host-ownership/lib.sh

main() {
  case $state_place in
    '' | 'PostgreSQL '*) place="${state_place:+$state_place, used from }$from" ;;
    *) place=$state_place ;;
  esac
  lock_host "the owner marker" 60
  if [ "$(owner_value place)" = "$place" ]; then
    [ "$(owner_value state)" = "$state" ] || echo "the state that was in $place before is lost: this one takes its place"
  else
    refuse_other_state "$state"
  fi
  marker_=$(scratch)
  printf 'state=%s\nplace=%s\nsince=%s\n' "$state" "$place" "$(date -u '+%Y-%m-%d %H:%M UTC')" >"$marker_"
  mv -f -- "$marker_" "$(owner_file)"
  printf 'kind=owner\nstate=%s\n' "$state" | write_record "$key" "$status"
}

main </dev/null
