# Drift of a directory. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh

drift_directory() {
  path=$(record_value path)
  if [ ! -d "$path" ]; then drift="directory missing"; else drift_rights; fi
}

# drift_rights: compares owner and mode of $path with the record
drift_rights() {
  rights_=$(stat -L -c '%u:%g %a' -- "$path")
  owner_=${rights_% *} mode_=$(printf '%04d' "${rights_#* }")
  if [ "$owner_" != "$(record_value owner)" ]; then
    drift="owner $owner_, not $(record_value owner)"
  elif [ "$mode_" != "$(record_value mode)" ]; then
    drift="mode $mode_, not $(record_value mode)"
  fi
}
