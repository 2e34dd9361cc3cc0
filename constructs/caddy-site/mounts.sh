# The files of this host that a Caddy container reads.
#
# Expects   $caddy: container.
# Changes   nothing until a function is called.
# Needs     remote-host/engine.sh

# path_in_caddy PATH: prints the path in the Caddy container at which this host's PATH is mounted
path_in_caddy() {
  mounted_=$(inspected "$caddy" mount |
    awk -F '|' -v path="$1" '
      $1 != "" && (path == $1 || index(path, $1 "/") == 1) && length($1) > length(best) { best = $1; at = $2 }
      END { if (best != "") print at substr(path, length(best) + 1) }')
  [ -n "$mounted_" ] || fail "container $caddy does not see $1: mount it there, or correct caddy.container, caddy.caddyfile or caddy.sitesDirectory in the environment file"
  printf '%s' "$mounted_"
}

# is_current_in_caddy FILE: whether the container reads the bytes of this host's FILE. If a single file is bind-mounted
# and then replaced by rename (sed -i, most editors), the container keeps the old one, and `caddy reload` still exits
# with 0.
is_current_in_caddy() {
  [ "$(sha256sum <"$1")" = "$(docker exec "$caddy" cat "$(path_in_caddy "$1")" 2>/dev/null | sha256sum)" ]
}

# update_in_caddy FILE: makes the container read the bytes of this host's FILE. Writes them to the file that it reads;
# if that is not writable in the container, restarts it, which mounts the new file.
update_in_caddy() {
  is_current_in_caddy "$1" && return
  # shellcheck disable=SC2016 # expanded inside the container
  docker exec -i "$caddy" sh -c 'cat >"$1"' write "$(path_in_caddy "$1")" <"$1" 2>/dev/null || true
  is_current_in_caddy "$1" && return
  echo "restarting container $caddy: it reads an older $1 and cannot write to it"
  docker restart "$caddy" >/dev/null
  is_current_in_caddy "$1" || fail "container $caddy still reads an older $1: mount it there, or correct caddy.caddyfile in the environment file"
}
