# The admin endpoint of a running Caddy. The server reads and loads its configuration itself: another process in the
# container has neither its environment (--envfile, exports of the entrypoint) nor its working directory.
#
# Expects   $caddy: container; $caddyfile: path on this host.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh caddy-site/mounts.sh

# open_caddy: sets main to the path of the Caddyfile in the container, admin to the address of the endpoint (HOST:PORT or
# unix/PATH), admin_host to the name that it answers to, and client to what reaches it; fails if Caddy cannot load
# another configuration. Call it first, and not in a subshell.
open_caddy() {
  caddyfile_text_=
  main=$(path_in_caddy "$caddyfile") || exit 1
  # shellcheck disable=SC2016 # expanded inside the container
  found_=$(docker exec "$caddy" sh -c '
    ! command -v nc >/dev/null || echo "client nc"
    caddy adapt --adapter caddyfile --config "$1" 2>/dev/null | grep -oE "\"admin\":\{[^}]*" | head -n 1' open "$main" 2>/dev/null) || true
  case $found_ in *'"disabled":true'*)
    fail "the global option admin off keeps the running Caddy in container $caddy from loading another configuration: remove it, and restart Caddy"
    ;;
  esac
  client=$(printf '%s\n' "$found_" | sed -n 's/^client //p')
  admin=$(printf '%s\n' "$found_" | sed -n 's/.*"listen":"\([^"|]*\).*/\1/p')
  [ -n "$admin" ] || admin=$(docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' "$caddy" | sed -n 's/^CADDY_ADMIN=//p')
  admin=${admin:-localhost:2019}
  admin=${admin#tcp/}
  # Caddy answers only to a name that it listens on, or to any if it listens on all addresses.
  case $admin in
    unix*) admin_host=localhost client=curl ;;
    :* | 0.0.0.0:* | "[::]:"*) admin_host=localhost:${admin##*:} ;;
    *) admin_host=$admin ;;
  esac
}

# ask_caddy METHOD PATH [TEXT [TYPE]]: prints the body of the answer, or prints the error and returns 1. TEXT is a
# Caddyfile unless TYPE says json.
ask_caddy() {
  answer_=$(send_to_admin "$1" "$2" "${3-}" "${4-text/caddyfile}" 2>/dev/null | tr -d '\r') || true
  body_=$(printf '%s\n' "$answer_" | sed '1,/^$/d')
  case $answer_ in
    "HTTP/1."?" 200"*) printf '%s\n' "$body_" ;;
    HTTP/*)
      printf '%s\n' "$body_" | sed -e 's/^{"error":"\(.*\)"}$/\1/' -e 's/^[a-z ]*adapting config using caddyfile adapter: //' -e 's/\\n/ /g; s/\\"/"/g' >&2
      return 1
      ;;
    *) fail "the admin endpoint of Caddy in container $caddy does not answer at $admin, and without it no configuration can be loaded: correct the global option admin, or the variable CADDY_ADMIN of the container, and restart Caddy" ;;
  esac
}

# send_to_admin METHOD PATH TEXT TYPE: prints the whole answer. BusyBox in Caddy's own image has nc. For another image, or a
# socket, curl of this host does it in the container's network. Caddy remembers the file for SIGUSR1.
send_to_admin() {
  if [ "$client" = nc ]; then
    host_=$(printf '%s' "${admin_host%:*}" | sed 's/^localhost$/127.0.0.1/' | tr -d '[]')
    printf '%s %s HTTP/1.0\r\nHost: %s\r\nContent-Type: %s\r\nCaddy-Config-Source-File: %s\r\nCaddy-Config-Source-Adapter: caddyfile\r\nContent-Length: %s\r\n\r\n%s' \
      "$1" "$2" "$admin_host" "$4" "$main" "$(printf '%s' "$3" | wc -c)" "$3" |
      timeout 60 docker exec -i "$caddy" nc "$host_" "${admin_host##*:}"
    return
  fi
  process_=$(docker inspect -f '{{.State.Pid}}' "$caddy")
  # shellcheck disable=SC2046 # two words or none
  printf '%s' "$3" | nsenter -t "$process_" -n curl -sS -i -m 60 --noproxy '*' \
    $(case $admin in unix*) printf '%s %s' --unix-socket "/proc/$process_/root/${admin#unix/}" ;; esac) \
    -X "$1" -H "Content-Type: $4" -H 'Expect:' -H "Caddy-Config-Source-File: $main" \
    -H 'Caddy-Config-Source-Adapter: caddyfile' --data-binary @- "http://$admin_host$2"
}
