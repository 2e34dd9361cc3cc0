# Takes a backup from another place into the backups of this host.
#
# Expects   $backup: its name; $bytes: its size; $sums: for each file a line `<name>=<size> <SHA-256>`; $directory: empty at
#           the beginning, then what the beginning printed and in which the backup has been put since; $backups.
# Changes   at the beginning: makes a directory to put the backup in, and removes unfinished ones. Then: gives the
#           backup its name, if it is complete. May run twice.
# Prints    at the beginning: the directory, or nothing if the backup is here already.
# Needs     backup/lib.sh

# is_complete DIRECTORY
is_complete() {
  [ "$sums" = "$(for file in metadata database.dump data.tar; do
    echo "$file=$(stat -c %s -- "$1/$file") $(sum_of "$1/$file")"
  done 2>/dev/null)" ]
}

begin() {
  mkdir -p -- "$backups"
  chmod 0700 -- "$backups"
  find "$backups/" -mindepth 1 -maxdepth 1 -name '.receiving.*' -mmin +1440 -exec rm -rf -- {} +
  if [ -d "$backups/$backup" ]; then
    ! is_complete "$backups/$backup" || return 0
    fail "$backups/$backup exists on the host with another content: move it away"
  fi
  room_=$(df -P -B 1 -- "$backups" | awk 'NR == 2 { print $4 }')
  [ "$room_" -gt "$bytes" ] || fail "the backup needs $bytes bytes, and $backups has only $room_ free: make room, or set backups.directory"
  mktemp -d -- "$backups/.receiving.XXXXXX"
}

finish() {
  trap 'rm -rf -- "$directory"' EXIT
  is_complete "$directory/$backup" || fail "the backup did not arrive as it was sent: try again"
  chown -R 0:0 -- "$directory/$backup"
  chmod 0700 -- "$directory/$backup"
  chmod 0600 -- "$directory/$backup"/*
  mv -T -- "$directory/$backup" "$backups/$backup"
}

main() {
  if [ -z "$directory" ]; then begin; else finish; fi
}

main </dev/null
