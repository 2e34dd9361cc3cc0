# The start of every host script: shell options, and functions that all of them use.
#
# Changes   nothing until a function is called.

set -eu
umask 077
export LC_ALL=C
# A shell that ends by a signal does not run its EXIT trap. Printing notices a broken connection.
trap 'exit 1' HUP INT PIPE TERM

# fail TEXT...: prints the text on standard error and exits with 1. A program may set on_failure to a function that gets
# the text.
fail() {
  printf '%s\n' "$*" >&2
  [ -z "${on_failure-}" ] || "$on_failure" "$*"
  exit 1
}

# owner_ids NAME|UID:GID: prints UID:GID
owner_ids() {
  case $1 in
    *:*) printf '%s' "$1" ;;
    *)
      id -u -- "$1" >/dev/null 2>&1 || fail "user $1 does not exist on the host"
      printf '%s:%s' "$(id -u -- "$1")" "$(id -g -- "$1")"
      ;;
  esac
}

# fingerprint SALT < bytes: prints a hash that shows whether the bytes changed, and nothing else about them
fingerprint() {
  sum_=$({ printf '%s' "$1" && cat; } | sha256sum)
  printf '%s\n' "${sum_%% *}"
}

# lines_after BEGINNING TEXT: prints what follows BEGINNING in each line of TEXT that begins with it. Faster than sed: it
# starts no program.
lines_after() (
  IFS='
'
  set -f
  for line_ in $2; do
    case $line_ in "$1"*) printf '%s\n' "${line_#"$1"}" ;; esac
  done
)

# new_salt: prints 32 random hexadecimal digits
new_salt() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}
