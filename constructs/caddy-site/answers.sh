# What answers at Caddy, asked from this host.
#
# Expects   $caddy: container.
# Changes   nothing.
# Needs     remote-host/engine.sh

# status_at SITE PORT PATH [CURL OPTIONS]: prints the HTTP status and the address that it was asked at, or prints the
# error and returns 1. Plain HTTP is tried first: a server for TLS refuses it with 400.
status_at() {
  site_=$1 port_=$2 path_=$3
  shift 3
  for address_ in $(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$(network_holder "$caddy")"); do
    for scheme_ in http https; do
      asked_=$scheme_://$site_:$port_
      code_=$(curl -sS --connect-timeout 3 -m 10 --noproxy '*' -o /dev/null -w '%{http_code}' --connect-to "::$address_:$port_" "$@" "$asked_$path_") || true
      case $scheme_$code_ in *000 | http400) ;; *)
        printf '%s %s\n' "$code_" "$(printf '%s' "$asked_" | sed 's/^http:\(.*\):80$/http:\1/; s/^https:\(.*\):443$/https:\1/')"
        return
        ;;
      esac
    done
  done
  return 1
}

# answering < lines SITE PORT: prints those that answer with any status; at most 50 are asked, all at once
answering() {
  { grep -v '^\*' || true; } | head -n 50 | {
    while read -r name_ port_; do
      ! status_at "$name_" "$port_" / -k -m 3 >/dev/null 2>&1 || printf '%s %s\n' "$name_" "$port_" &
    done
    wait
  } | sort
}
