# Marks what the app keeps on this host as managed by one Terraform state. See claim.sh.
#
# Expects   key, observed; state: its id; state_place: where it is kept, empty for a file where Terraform runs; from.
#           Which PostgreSQL a schema is in, is known only where Terraform runs (PG_CONN_STR): that counts as its place.
# Changes   the mark. One of another state stays, and stops the deploy here, unless that state was in the very same place:
#           there it must have been lost. May run twice.
# Prints    nothing, or whose host this is.
main() {
  case $state_place in
    '' | 'PostgreSQL '*) place="${state_place:+$state_place, used from }$from" ;;
    *) place=$state_place ;;
  esac
  lock_host "the mark of a state" 60
  if [ "$(claimed place)" = "$place" ]; then
    [ "$(claimed state)" = "$state" ] || echo "the state that was in $place before is lost: this one takes its place"
  else
    refuse_other_state "$state"
  fi
  marked=$(scratch)
  printf 'state=%s\nplace=%s\nsince=%s\n' "$state" "$place" "$(date -u '+%Y-%m-%d %H:%M UTC')" >"$marked"
  mv -f -- "$marked" "$(claim_file)"
  printf 'kind=claim\nstate=%s\n' "$state" | remember "$key" "$observed"
}

main </dev/null
