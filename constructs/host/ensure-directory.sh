# A directory with an owner and a mode.
#
# Expects   key, observed, path, owner (name or uid:gid), mode (octal).
# Changes   creates the directory where it is missing, sets owner and mode of it alone, never of what is in it.
#           May run twice.
# Prints    nothing, or what is in the way.
main() {
  lock_host "the directory $path"
  if [ -e "$path" ] && [ ! -d "$path" ]; then
    fail "$path is there, but it is no directory: move it away and deploy again"
  fi
  ids=$(owner_ids "$owner")
  (umask 022 && mkdir -p -- "$path")
  chown -- "$ids" "$path"
  # Five digits: with four, chmod leaves a directory its setgid bit, which it inherits below a shared one.
  chmod -- "0$mode" "$path"
  remember "$key" "$observed" <<RECORD
kind=directory
path=$path
owner=$ids
mode=$mode
RECORD
}

main </dev/null
