# Drift of the owner marker. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh host-ownership/lib.sh

drift_owner() {
  [ "$(owner_value state)" = "$(record_value state)" ] || drift="owner marker missing or changed"
}
