# Drift of a file. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh host-directory/drift.sh

drift_file() {
  path=$(record_value path)
  if [ ! -f "$path" ]; then
    drift="file missing"
  elif [ "$(fingerprint "$(record_value salt)" <"$path")" != "$(record_value fingerprint)" ]; then
    drift="file edited"
  else
    drift_rights
  fi
}
