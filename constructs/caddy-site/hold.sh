# Requests that wait at Caddy while a service is down.
#
# Expects   $caddy: container.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh

# hold_requests NAME GRACE_PERIOD: makes Caddy hold new requests to NAME; those in progress are answered. A service that
# stops closes its port while connections wait there unread, and whether a POST on one of them was done is unknown.
#
# A line in the /etc/hosts of Caddy's container gives NAME an address that does not exist. A reload of the site would
# drop connections. The line is removed 2 s after the grace period, whether the deploy succeeds or not. Caddy reads that
# file every 5 s, and its log shows when it did.
hold_requests() {
  docker exec -u 0 "$caddy" test -w /etc/hosts 2>/dev/null || {
    echo "container $caddy cannot write to its /etc/hosts, so a request sent at the very moment of the stop may fail"
    return 0
  }
  from_=$(date +%s)
  # shellcheck disable=SC2016 # expanded inside the container
  docker exec -d -u 0 "$caddy" sh -c '
    line="255.255.255.255 $1 # held since $2"
    printf "%s\n" "$line" >>/etc/hosts
    sleep "$3"
    rest=$(grep -vxF "$line" /etc/hosts)
    printf "%s\n" "$rest" >/etc/hosts' hold "$1" "$from_" "$(($2 + 2))"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    ! docker logs --since "$from_" "$caddy" 2>&1 | grep -qF 'dial tcp 255.255.255.255' || return 0
    sleep 0.5
  done
}

# release_requests NAME: makes Caddy send the held requests to NAME before that time is over
release_requests() {
  # shellcheck disable=SC2016 # expanded inside the container
  docker exec -u 0 "$caddy" sh -c '
    rest=$(grep -v "^255[.]255[.]255[.]255 $1 # held since " /etc/hosts) && printf "%s\n" "$rest" >/etc/hosts' release "$1" 2>/dev/null || true
}
