# The status of the owner marker. See remote-host/status.sh.
#
# Changes   nothing.
# Needs     remote-host/status.sh host-ownership/drift.sh

# status_owner: one Terraform state manages the host
status_owner() {
  find_drift drift_owner owner
  if [ -n "$(owner_value state)" ]; then
    fact="the Terraform state of $(owner_value place), since $(owner_value since)"
  else
    wrong=${wrong:-no Terraform state manages what the app keeps here}
  fi
}
