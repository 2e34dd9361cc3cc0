# A file with an owner, a mode and content.
#
# Expects   $key, $status, $path, $owner: name or uid:gid, $mode: octal, $content.
# Changes   replaces the file in one step (rename), so no one ever reads half of it. May run twice.
# Prints    nothing, or why it failed.
# Fails     a directory is in its place, or the file cannot be written: file
#           the disk is full or read-only: room
# Needs     remote-host/record.sh

main() {
  lock_host "the file $path"
  [ ! -d "$path" ] || fail "$path exists, but it is a directory: move it away and deploy again"
  ids=$(owner_ids "$owner")
  # The new file is beside the old one, so a rename can replace it. A run that was killed may have left one.
  rm -f -- "${path%/*}/.${path##*/}.new".??????
  new=$(mktemp -- "${path%/*}/.${path##*/}.new.XXXXXX") || fail "$path cannot be written: the reason is above"
  trap 'rm -f -- "$new"' EXIT
  printf '%s' "$content" >"$new"

  chown -- "$ids" "$new"
  chmod -- "$mode" "$new"
  mv -f -- "$new" "$path"
  salt=$(new_salt)
  write_record "$key" "$status" <<RECORD
kind=file
path=$path
owner=$ids
mode=$mode
salt=$salt
fingerprint=$(fingerprint "$salt" <"$path")
RECORD
}

main </dev/null
