# Whether a role can sign in with the password that the host has: all that is known of a password on a server whose
# administrator may not read verifiers.
#
# Changes   nothing.
# Needs     postgres-database/server.sh

# why_not_signed_in SERVER ROLE DATABASE SECRETS NAME: prints why the role cannot sign in to a server elsewhere with the
# secret NAME, in a few words; nothing if it can
why_not_signed_in() {
  [ -f "$4/values" ] || return 0
  said_=$(run_elsewhere "$4/values" "$5" "$1" "$2" psql -X -q -A -t -d "$3" -c 'SELECT 1' 2>&1 >/dev/null </dev/null) && return
  case $said_ in
    *'authentication failed'*) printf 'password of role %s changed' "$2" ;;
    *) printf 'role %s cannot sign in: %s' "$2" "$(printf '%s\n' "$said_" | tail -n 1)" ;;
  esac
}
