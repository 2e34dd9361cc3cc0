# A file with an owner, a mode and a content.
#
# Expects   key, observed, path, owner (name or uid:gid), mode (octal), content; unchanging: names of variables whose
#           line must not differ from the one that a file already there has (separated by blanks, may be empty).
# Changes   replaces the file in one step (rename), so that nobody ever reads half of it. May run twice.
# Prints    nothing, or why it refused; never the content.

# refuse TEXT: Terraform suppresses the output of a step with secrets, so the next plan says it too.
refuse() {
  printf 'kind=refusal\nreason=%s\n' "$1" | remember "$key" "$observed"
  fail "$1"
}

main() {
  lock_host "the file $path"
  [ ! -d "$path" ] || refuse "$path is there, but it is a directory: move it away and deploy again"
  ids=$(owner_ids "$owner")
  # Beside it, so that a rename brings it into place. What a run that was killed has left holds secrets.
  rm -f -- "${path%/*}/.${path##*/}.new".??????
  new=$(mktemp -- "${path%/*}/.${path##*/}.new.XXXXXX") || fail "$path cannot be written: the reason stands above"
  trap 'rm -f -- "$new"' EXIT
  printf '%s' "$content" >"$new"

  for name in $unchanging; do
    if [ -f "$path" ] && before=$(grep "^$name=" "$path") && [ "$before" != "$(grep "^$name=" "$new")" ]; then
      refuse "$name is another one than $path has. What was encrypted with the old one could not be read any more: give the old value again. The file was left as it was."
    fi
  done

  chown -- "$ids" "$new"
  chmod -- "$mode" "$new"
  mv -f -- "$new" "$path"
  salt=$(new_salt)
  remember "$key" "$observed" <<RECORD
kind=file
path=$path
owner=$ids
mode=$mode
salt=$salt
print=$(fingerprint "$salt" <"$path")
RECORD
}

main </dev/null
