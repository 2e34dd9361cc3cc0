# Requests to NocoDB from the host itself, for plans, which must not start a container.
#
# Expects   $api_container: NocoDB's container; $port.
# Changes   nothing.
# Needs     remote-host/engine.sh

# find_api: sets api to the address at which this host reaches NocoDB, and info to what it says of itself; fails if it
# does not answer within 5 s
find_api() {
  info="it is not running"
  for address_ in $(inspected "$api_container" address); do
    api=http://$address_:$port
    info=$(ask '' /api/v1/db/meta/nocodb/info) || {
      # A NocoDB that hangs does so at each of its addresses.
      case $info in *'(28)'*) return 1 ;; esac
      continue
    }
    case $info in *"
200$record_end") return 0 ;; esac
  done
  return 1
}

# info_value NAME: prints a value of $info. Inside of a JSON string, a quotation mark never stands without a backslash.
info_value() {
  printf '%s' "$info" | sed -n "s/.*\"$1\" *: *\"\{0,1\}\([^\",}]*\).*/\1/p" | tail -n 1
}

# ask TOKEN PATH...: prints each answer, its status in a line of its own, and $record_end. Everything goes to curl on
# standard input, without a .curlrc or a proxy; without an answer it prints curl's error and fails.
ask() {
  token_=$1
  shift
  {
    [ -z "$token_" ] || printf 'header = "xc-token: %s"\n' "$token_"
    for path_ in "$@"; do printf 'url = "%s%s"\n' "$api" "$path_"; done
  } | where_reached "$api_container" curl -q --noproxy '*' -sS -m 5 -K - -w "\n%{http_code}$record_end" 2>&1
}
record_end=$(printf '\036')
