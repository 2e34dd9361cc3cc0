# Brings the copy of a backup back to this host.
#
# Expects   $backup: its name, or `latest`; $copy_to $copy_days $copy_secrets: see backup/copy/lib.sh; $service $backups.
# Changes   adds the backup to those on this host, complete or not at all. May run twice.
# Prints    where the backup is.
# Needs     backup/copy/lib.sh

main() {
  command -v restic >/dev/null || fail "the host has no command 'restic': install it (Debian: apt-get install restic)"
  lock_backups
  found=$(copies 2>&1) || fail "the copies in $copy_to cannot be listed: $(printf '%s\n' "$found" | last_words)"
  [ "$backup" != latest ] || backup=$(printf '%s\n' "$found" | head -n 1)
  [ -n "$backup" ] || fail "there is no copy in $copy_to"
  printf '%s\n' "$found" | grep -qxF -e "$backup" || fail "there is no copy of $backup in $copy_to. Existing copies: $(printf '%s\n' "$found" | paste -s -d ' ' -)"
  if [ -d "$backups/$backup" ]; then
    echo "backup $backup is on the host already: $backups/$backup"
    return
  fi
  directory=$(mktemp -d -- "$backups/.receiving.XXXXXX")
  trap 'rm -rf -- "$directory"' EXIT
  output=$(in_repository 43200 restic restore latest --quiet --host "$service" --tag "$backup" --target "$directory" 2>&1) ||
    fail "$backup could not be fetched from $copy_to: $(printf '%s\n' "$output" | last_words)"
  arrived=$(find "$directory" -type d -name "$backup" -print -quit)
  for each in metadata $CONTENTS; do
    [ -f "$arrived/$each" ] || fail "the copy of $backup in $copy_to lacks its file $each: fetch another one"
  done
  chown -R 0:0 -- "$arrived"
  mv -T -- "$arrived" "$backups/$backup"
  echo "backup $backup fetched: $(du -sh -- "$backups/$backup" | cut -f 1) in $backups/$backup"
}

main </dev/null
