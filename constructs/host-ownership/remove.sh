# Removes the owner marker at the end of a destroy.
#
# Expects   $state: the id of the Terraform state that is destroyed; [$directory]: the directory of the records.
# Changes   removes the marker and its record if they belong to this state. May run twice.
# Prints    nothing.
# Needs     host-ownership/lib.sh

main() {
  lock_host "the removal of the owner marker"
  [ "$(owner_value state)" != "$state" ] || rm -f -- "$(owner_file)"
  remove_records owner state "$state"
}

main </dev/null
