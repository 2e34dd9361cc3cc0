# A directory with an owner and a mode.
#
# Expects   $key, $status, $path, $owner: name or uid:gid, $mode: octal.
# Changes   creates the directory if it is missing, and sets its owner and mode, never those of its content.
#           May run twice.
# Prints    nothing, or why it failed.
# Fails     a file is in its place, or the disk is full or read-only: room
#           its owner does not exist: user
# Needs     remote-host/record.sh

main() {
  lock_host "the directory $path"
  if [ -e "$path" ] && [ ! -d "$path" ]; then
    fail "$path exists, but it is not a directory: move it away and deploy again"
  fi
  ids=$(owner_ids "$owner")
  (umask 022 && mkdir -p -- "$path")
  chown -- "$ids" "$path"
  # Five digits: with four, chmod keeps the setgid bit that a directory inherits below a shared one.
  chmod -- "0$mode" "$path"
  write_record "$key" "$status" <<RECORD
kind=directory
path=$path
owner=$ids
mode=$mode
RECORD
}

main </dev/null
