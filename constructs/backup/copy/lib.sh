# Copies of a service's backups in a restic repository on another machine, encrypted: one snapshot for each backup, which
# has the backup's name as its tag.
#
# Expects   [$copy_to]: the repository, as restic takes it; without it there are no copies. With it [$copy_days]: how long
#           they are kept; [$copy_secrets]: the directory with its password, and with the keys of S3. The inputs of
#           backup/lib.sh.
# Changes   nothing until a function is called.
# Needs     backup/lib.sh service-secrets/lib.sh
#
# restic gets the secrets as variables of its process: they are on no command line and in no other file.

# in_repository TIMEOUT [restic options]: runs restic with the repository; TIMEOUT is in seconds
in_repository() (
  secrets=$copy_secrets
  RESTIC_PASSWORD=$(next_value BACKUP_PASSWORD)
  AWS_ACCESS_KEY_ID=$(next_value BACKUP_S3_ACCESS_KEY_ID)
  AWS_SECRET_ACCESS_KEY=$(next_value BACKUP_S3_SECRET_ACCESS_KEY)
  RESTIC_REPOSITORY=$copy_to RESTIC_CACHE_DIR=/var/cache/restic TZ=UTC
  [ -n "$RESTIC_PASSWORD" ] ||
    fail "the host has no password for the repository: deploy, which makes one, or set the one it has (npx nocodb-host secret set ENVIRONMENT BACKUP_PASSWORD)"
  export RESTIC_PASSWORD RESTIC_REPOSITORY RESTIC_CACHE_DIR TZ
  [ -z "$AWS_ACCESS_KEY_ID" ] || export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  exec timeout "$@" </dev/null
)

# last_words < messages: prints the last of them on one line
last_words() {
  grep -v '^$' | tail -n 3 | paste -s -d ' ' -
}

# copies: prints the names of the backups in the repository, the newest first
copies() {
  snapshots_=$(in_repository 300 restic snapshots --quiet --json --host "$service") || return
  printf '%s\n' "$snapshots_" | grep -o '"tags":\["[^"]*"' | sed 's/.*\["//; s/"$//' | sort -ru
}

# copy_file: prints the path of the file that says how the last copy went
copy_file() {
  printf '%s/.backup-copy-%s' "$records" "$service"
}

# last_copy: prints the time of the last copy, the newest backup, `passed` or `failed`, and words; nothing if there was none
last_copy() {
  sed -n 's/^backup-copy=//p' "$(copy_file)" 2>/dev/null || true
}

# record_copy RESULT WORDS: also keeps which repository has existed
record_copy() {
  mkdir -p -- "$records"
  newest_=$(all_backups | head -n 1)
  if [ "$1" = passed ]; then existed_="repository=$copy_to"; else existed_=$(grep '^repository=' "$(copy_file)" 2>/dev/null) || existed_=; fi
  printf 'backup-copy=%s %s %s %s\n%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${newest_:--}" "$1" "$2" "$existed_" >"$(copy_file).$$"
  mv -f -- "$(copy_file).$$" "$(copy_file)"
}

# open_repository: creates it if it does not exist. One that has existed is never created again: the disk may not be
# mounted.
open_repository() {
  output=$(in_repository 120 restic cat config --quiet 2>&1) && return
  ! grep -qxF "repository=$copy_to" "$(copy_file)" 2>/dev/null ||
    fail "$copy_to cannot be opened: $(printf '%s\n' "$output" | last_words). If the repository is gone for good, delete $(copy_file) on the host, and a new one is created"
  created_=$(in_repository 120 restic init --quiet 2>&1) ||
    fail "$copy_to can neither be opened ($(printf '%s\n' "$output" | last_words)) nor created ($(printf '%s\n' "$created_" | last_words))"
}

# copy_all: copies the backups that the repository does not have, then removes copies that are too old. Prints what it did,
# or fails.
copy_all() {
  [ -d "$copy_secrets" ] || fail "the host has no password for the repository yet: deploy, which makes one"
  exec 9<"$copy_secrets"
  flock -w 600 9 || fail "another copy has been at work for 10 minutes"
  open_repository
  in_repository 120 restic unlock --quiet >/dev/null 2>&1 || true
  there_=$(copies 2>&1) || fail "the copies in $copy_to cannot be listed: $(printf '%s\n' "$there_" | last_words)"
  oldest_=$(($(date +%s) - copy_days * 86400)) copied_=0
  for name_ in $(all_backups | sort); do
    made_=$(metadata_of "$name_" made)
    if [ "${made_:-0}" -lt "$oldest_" ] || printf '%s\n' "$there_" | grep -qxF -e "$name_"; then continue; fi
    output=$(in_repository 43200 restic backup --quiet --host "$service" --tag "$name_" --time "$(date -u -d "@$made_" '+%Y-%m-%d %H:%M:%S')" -- "$backups/$name_" 2>&1) ||
      fail "$name_ could not be copied to $copy_to: $(printf '%s\n' "$output" | last_words)"
    copied_=$((copied_ + 1))
  done
  output=$(in_repository 43200 restic forget --quiet --host "$service" --group-by host --keep-within "${copy_days}d" --prune 2>&1) ||
    fail "copies older than $copy_days days could not be removed from $copy_to: $(printf '%s\n' "$output" | last_words)"
  echo "$copied_ copied to $copy_to"
}

# copy_backups: copies them, records how that went, and fails if it did not succeed. The backups on this host stay good.
copy_backups() {
  [ -n "${copy_to-}" ] || return 0
  unlock_backups
  words=$(copy_all 2>&1) || {
    record_copy failed "$(printf '%s\n' "$words" | last_words)"
    fail "The backup on the host is good, but the copy failed: $words"
  }
  record_copy passed "$words"
  echo "$words"
}

# copy_in_background: the same for a deploy, which does not wait for it. The record says how it went.
copy_in_background() {
  [ -n "${copy_to-}" ] || return 0
  (
    trap - EXIT
    trap '' HUP PIPE
    copy_backups
  ) </dev/null >/dev/null 2>&1 6<&- 8>&- &
}
