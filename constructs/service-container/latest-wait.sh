# Of the scripts that wait for one service, the last to begin writes the records.
#
# Expects   $key: of the record; $name: of what it waits for; $records.
# Changes   nothing until a function is called.
# Needs     remote-host/record.sh

# register_wait: makes this script the one that writes the records. Waiting takes no lock, because the site is written
# at the same time. So the script of a killed deploy may still wait beside that of the next one; the last to begin
# writes.
register_wait() {
  mkdir -p -- "$records"
  wait_id=$(new_salt)
  printf '%s\n' "$wait_id" >"$records/.waiting.$key"
}

# lock_host_if_latest: locks the host, or fails if another deploy has begun to wait
lock_host_if_latest() {
  lock_host "the wait for $name"
  [ "$(cat -- "$records/.waiting.$key")" = "$wait_id" ] || fail "another deploy is now waiting for container $name, so this one recorded nothing"
  rm -f -- "$records/.waiting.$key"
}
