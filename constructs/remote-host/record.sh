# Records of what the app keeps on this host, and the lock that lets one script at a time change it.
#
# Expects   $records: the directory that holds the records.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh remote-host/record-value.sh remote-host/history.sh

# lock_file: prints its path, which is made from that of the records. A restart of the host removes it, like the locks.
lock_file() {
  printf '/run/%s.lock' "$(printf '%s' "${records#/}" | tr / -)"
}

# lock_host PURPOSE [TIMEOUT]: until this script ends, no other script changes what the app keeps here, whichever
# command started it. A script whose own command was killed continues until it prints. TIMEOUT is in seconds.
lock_host() {
  begun=${begun-$(date +%s)}
  # Only the records are private to root: other users must be able to pass the directories above them.
  (umask 022 && mkdir -p -- "${records%/*}")
  mkdir -p -- "$records"
  exec 8>>"$(lock_file)"
  flock -w "${2:-600}" 8 2>/dev/null || fail_locked "${2:-600}"
  printf '%s, process %s, since %s\n' "$1" "$$" "$(date -u '+%Y-%m-%d %H:%M:%S UTC')" >"$(lock_file)"
  # A script that was killed may have left scratch files.
  rm -f -- "$records"/.scratch.?????? "$records"/.history.??????
  purpose_=$1 on_failure=note_failure
}

# fail_locked TIMEOUT: fails with the name and process of the script that holds the lock
fail_locked() {
  flock --version 2>/dev/null | grep -q util-linux ||
    fail "flock on the host is missing, or not that of util-linux, and cannot wait for a lock (that of BusyBox cannot), so nothing was changed: install util-linux"
  holder_=$(cat -- "$(lock_file)")
  pid_=$(printf '%s\n' "$holder_" | sed -n 's/.*, process \([0-9]*\),.*/\1/p')
  if kill -0 "${pid_:-none}" 2>/dev/null; then
    remedy_="end it on the host: sudo kill $pid_"
  else
    remedy_="that process is gone, and one that it started holds the lock: \`sudo fuser -v $(lock_file)\` on the host shows it"
  fi
  fail "Another command has been at work on this host for more than ${1} s: $holder_. Try again when it is done. If it hangs, $remedy_"
}

# scratch: prints the path of a new file that is private to root, on the disk of the records. The script must hold the
# lock.
scratch() {
  # The shell says only "I/O error" if it cannot write.
  [ "$(df -P -k -- "$records" | awk 'NR == 2 { print $4 }')" -ge 64 ] || fail_write "$records"
  mktemp -- "$records/.scratch.XXXXXX"
}

# fail_write DIRECTORY: fails with the disk that could not be written to
fail_write() {
  fail "$1 could not be written to: its disk has $(df -P -h -- "$1" | awk 'NR == 2 { print $4 " free (" $1 ", mounted at " $6 ")" }'). Make room, and deploy again"
}

# write_record KEY STATUS < lines name=value: records what a script has created, and the status that the plan compares.
# Drift detection compares the host with these lines; see docs/design.md. The script must hold the lock, whose purpose
# is noted as what was changed.
write_record() {
  record_=$(scratch)
  { printf 'status=%s\n' "$2" && cat; } >"$record_"
  mv -f -- "$record_" "$records/$1"
  [ -z "$purpose_" ] || note_event "${purpose_#the }"
}

# remove_records KIND NAME VALUE: removes the records of that kind with the line NAME=VALUE, because what they describe
# was removed on purpose and is not drift. The script must hold the lock.
remove_records() {
  for record in "$records"/*; do
    [ -f "$record" ] || continue
    if [ "$(record_value kind)" = "$1" ] && [ "$(record_value "$2")" = "$3" ]; then rm -f -- "$record"; fi
  done
}
