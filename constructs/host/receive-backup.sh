# Takes a backup from another place among those that are here. See backup.sh.
#
# Expects   backup: its name; bytes: its size; sums: for each file a line `<name>=<size> <SHA-256>`; directory: empty at the
#           beginning, then what the beginning printed and in which the backup has been put since; what backup.sh expects.
# Changes   at the beginning: makes a directory to put it in, and sweeps those that were never finished. Then: gives the
#           backup its name, if all of it is there. May run twice.
# Prints    at the beginning: the directory, or nothing where the backup is here already.

# is_whole DIRECTORY
is_whole() {
  [ "$sums" = "$(for file in about database.dump data.tar; do
    echo "$file=$(stat -c %s -- "$1/$file") $(sum_of "$1/$file")"
  done 2>/dev/null)" ]
}

begin() {
  mkdir -p -- "$backups"
  chmod 0700 -- "$backups"
  find "$backups/" -mindepth 1 -maxdepth 1 -name '.receiving.*' -mmin +1440 -exec rm -rf -- {} +
  if [ -d "$backups/$backup" ]; then
    ! is_whole "$backups/$backup" || return 0
    fail "$backups/$backup is there on the host, and is another backup: move it away"
  fi
  room_=$(df -P -B 1 -- "$backups" | awk 'NR == 2 { print $4 }')
  [ "$room_" -gt "$bytes" ] || fail "the backup takes $bytes bytes, and $backups has room for $room_: make room, or set backups.directory"
  mktemp -d -- "$backups/.receiving.XXXXXX"
}

finish() {
  trap 'rm -rf -- "$directory"' EXIT
  is_whole "$directory/$backup" || fail "the backup did not arrive as it was sent: try again"
  chown -R 0:0 -- "$directory/$backup"
  chmod 0700 -- "$directory/$backup"
  chmod 0600 -- "$directory/$backup"/*
  mv -T -- "$directory/$backup" "$backups/$backup"
}

main() {
  if [ -z "$directory" ]; then begin; else finish; fi
}

main </dev/null
