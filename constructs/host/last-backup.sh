# The first thing of a destroy, while the service still runs: a last backup. See backup.sh, claim.sh.
#
# Expects   state: the id of the Terraform state that takes things away; what backup.sh expects.
# Changes   adds a backup; where it cannot be made the destroy stops here, with nothing taken away. May run twice.
# Prints    where it is.
main() {
  lock_host "the last backup" 60
  refuse_other_state "$state"
  if ! docker container inspect -- "$database_container" >/dev/null 2>&1; then
    echo "container $database_container is gone, so there is no last backup"
  elif holds_nocodb; then
    make_backup "before destroy"
    echo "last backup: $backups/$backup"
  fi
}

main </dev/null
