# What every host script starts with. It is read by `sh -s` in front of the script proper, which ends with the line
# `main </dev/null`: an interrupted connection therefore runs nothing rather than half of it.
#
# Expects   manifest: the directory in which the app notes what it keeps on this host.
# Changes   nothing until a function is called.
set -eu
umask 077
export LC_ALL=C
# A shell that a signal ends does not run what was set for its end. A connection that broke is noticed by printing.
trap 'exit 1' HUP INT PIPE TERM

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# owner_ids NAME|UID:GID -> UID:GID
owner_ids() {
  case $1 in
    *:*) printf '%s' "$1" ;;
    *)
      id -u -- "$1" >/dev/null 2>&1 || fail "user $1 does not exist on the host"
      printf '%s:%s' "$(id -u -- "$1")" "$(id -g -- "$1")"
      ;;
  esac
}

# fingerprint SALT < bytes: tells whether something changed and nothing about what it is.
fingerprint() {
  { printf '%s' "$1" && cat; } | sha256sum | cut -d ' ' -f 1
}

new_salt() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# Named after the records; emptied by a restart of the host, as the locks themselves are.
lock_file() {
  printf '/run/%s.lock' "$(printf '%s' "${manifest#/}" | tr / -)"
}

# lock_host DOING [PATIENCE]: from here to the script's end no other script changes what the app keeps here, whichever command
# started it; also not one whose own command was killed, which goes on until it has to print. PATIENCE in seconds.
lock_host() {
  # Only the records are root's alone: what lies above them must stay open to pass.
  (umask 022 && mkdir -p -- "${manifest%/*}")
  mkdir -p -- "$manifest"
  exec 8>>"$(lock_file)"
  flock -w "${2:-600}" 8 || at_work "${2:-600}"
  printf '%s, process %s, since %s\n' "$1" "$$" "$(date -u '+%Y-%m-%d %H:%M:%S UTC')" >"$(lock_file)"
  # What one that was killed has left.
  rm -f -- "$manifest"/.scratch.??????
}

# at_work PATIENCE
at_work() {
  holder_=$(cat -- "$(lock_file)")
  fail "Another command is at work on this host, and was waited for ${1} s: $holder_. Try again when it is done. One that hangs is ended by: sudo kill $(printf '%s\n' "$holder_" | sed -n 's/.*, process \([0-9]*\),.*/\1/p') (on the host)"
}

# scratch: a new file, root's alone, on the disk that holds the records; for scripts that have the lock
scratch() {
  mktemp -- "$manifest/.scratch.XXXXXX"
}

# remember KEY WORD < lines name=value: notes what a script has left, and the word under which the plan knows it.
# The probe compares the host with these lines; see docs/design.md, "One probe". For scripts that have the lock.
remember() {
  record_=$(scratch)
  { printf 'word=%s\n' "$2" && cat; } >"$record_"
  mv -f -- "$record_" "$manifest/$1"
}

# noted NAME: the value of a line of the record in $record
noted() {
  sed -n "s/^$1=//p" "$record"
}

# env_value FILE NAME: a variable of an env file (NAME=value, the value as it is up to the end of the line)
env_value() {
  sed -n "s/^$2=//p" "$1" | tail -n 1
}

# masked FILE: copies standard input without colours and with every value of the env file that could be a secret blotted out, as it is and
# percent-encoded. Values under 6 characters would blot out half the text and are left.
masked() {
  awk -v file="$1" '
    function hide(text, value,   at, out) {
      out = ""
      while ((at = index(text, value)) > 0) {
        out = out substr(text, 1, at - 1) "********"
        text = substr(text, at + length(value))
      }
      return out text
    }
    BEGIN {
      while ((getline line < file) > 0) {
        name = line; sub(/=.*/, "", name)
        value = line; sub(/^[^=]*=/, "", value)
        if (name !~ /PASSWORD|SECRET|KEY|TOKEN|NC_DB/ || length(value) < 6) continue
        secret[++count] = value
        if (match(value, /[?&]p=[^&]*/)) secret[++count] = substr(value, RSTART + 3, RLENGTH - 3)
      }
      # The longest first: one that begins another would leave the end of it.
      for (i = 2; i <= count; i++) {
        value = secret[i]
        for (j = i - 1; j > 0 && length(secret[j]) < length(value); j--) secret[j + 1] = secret[j]
        secret[j + 1] = value
      }
    }
    { gsub(/\033\[[0-9;]*m/, ""); for (i = 1; i <= count; i++) $0 = hide($0, secret[i]); print }'
}

# sql CONTAINER SUPERUSER [psql options] < statements. No password is asked for: the socket inside the container is
# trusted, which the probe checks before anything changes. One that accepts and never answers is waited for 5 s, what
# another session has locked for 8 s. What PostgreSQL complains of is told where it fails alone: else it would stand among the
# answers, as does a warning at every connection to a database whose collation is of another version.
sql() {
  container_=$1 superuser_=$2
  shift 2
  {
    complaints_=$(docker exec -i -e PGCONNECT_TIMEOUT=5 -e PGOPTIONS="-c lock_timeout=8s" "$container_" psql -X -q -A -t -v ON_ERROR_STOP=1 -U "$superuser_" -d postgres "$@" 2>&1 >&3)
  } 3>&1 && return
  status_=$?
  printf '%s\n' "$complaints_" >&2
  return "$status_"
}
