# A file with an owner, a mode and content.
#
# Expects   $key, $status, $path, $owner: name or uid:gid, $mode: octal, $content; $unchanging: names of variables,
#           separated by blanks, whose lines must not differ from those in the existing file; may be empty.
# Changes   replaces the file in one step (rename), so no one ever reads half of it. May run twice.
# Prints    nothing, or why it refused; never the content.
# Needs     remote-host/record.sh

# refuse TEXT: fails, and records the reason. Terraform suppresses the output of a step with secrets, so the next plan
# prints it, too.
refuse() {
  printf 'kind=refusal\nreason=%s\n' "$1" | write_record "$key" "$status"
  fail "$1"
}

main() {
  lock_host "the file $path"
  [ ! -d "$path" ] || refuse "$path exists, but it is a directory: move it away and deploy again"
  ids=$(owner_ids "$owner")
  # The new file is beside the old one, so a rename can replace it. A run that was killed may have left one, with
  # secrets.
  rm -f -- "${path%/*}/.${path##*/}.new".??????
  new=$(mktemp -- "${path%/*}/.${path##*/}.new.XXXXXX") || fail "$path cannot be written: the reason is above"
  trap 'rm -f -- "$new"' EXIT
  printf '%s' "$content" >"$new"

  for name in $unchanging; do
    if [ -f "$path" ] && before=$(grep "^$name=" "$path") && [ "$before" != "$(grep "^$name=" "$new")" ]; then
      refuse "$name differs from the one in $path. Data that was encrypted with the old value could not be read any more: give the old value again. The file was not changed."
    fi
  done

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
