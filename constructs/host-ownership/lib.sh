# The owner marker: which Terraform state manages what the app keeps on this host.
#
# Expects   $records; $from: the place where Terraform runs, as `user@machine:folder` (run-remote.sh sends it).
# Changes   nothing until a function is called.
# Needs     remote-host/record.sh

# owner_file: prints the path of the marker, which is beside the records. It has lines name=value: state (its id), place
# (where it is kept), since.
owner_file() {
  printf '%s/.owner' "$records"
}

# owner_value NAME: prints the value of a line of the marker, nothing if there is no marker
owner_value() {
  [ ! -f "$(owner_file)" ] || sed -n "s/^$1=//p" "$(owner_file)"
}

# refuse_other_state STATE: fails if another state owns the host
refuse_other_state() {
  owner_=$(owner_value state)
  case $owner_ in '' | "$1") return 0 ;; esac
  fail "Another Terraform state manages ${records%/*}: that of $(owner_value place), since $(owner_value since). Nothing was changed. Deploy from there, or move its state here. If that state is lost, or must not manage this host any more, run npx nocodb-host state release ENVIRONMENT, then deploy."
}
