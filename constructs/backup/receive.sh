# Adds a backup from another machine to the backups of this host. It is called twice.
#
# Expects   $backup: its name; $bytes: its size; $sums: for each file a line `<name>=<size> <SHA-256>`; $directory:
#           empty in the first call, then the directory that the first call printed, with the backup in it; $backups.
# Changes   first call: creates a directory for the backup, and removes unfinished ones. Second call: gives the backup
#           its name if it is complete. May run twice.
# Prints    first call: the directory, or nothing if this host already has the backup.
# Needs     backup/lib.sh

# is_complete DIRECTORY: whether sizes and sums of its files are those of $sums
is_complete() {
  [ "$sums" = "$(for file in metadata $CONTENTS; do
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
