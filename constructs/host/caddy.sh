# A site in the configuration of a Caddy container: a file of its own where sites_directory is given (the Caddyfile
# imports it), else a marked block in the Caddyfile. Every byte outside of it stays as it is.
#
# Expects   caddy: container; caddyfile: path on this host; sites_directory: path on this host or empty; site: host name.
# Changes   nothing until a function is called.

# seen_path PATH -> the path at which the Caddy container sees this host's PATH
seen_path() {
  seen=$(docker inspect -f '{{range .Mounts}}{{.Source}}|{{.Destination}}{{"\n"}}{{end}}' "$caddy" |
    awk -F '|' -v path="$1" '
      $1 != "" && (path == $1 || index(path, $1 "/") == 1) && length($1) > length(best) { best = $1; at = $2 }
      END { if (best != "") print at substr(path, length(best) + 1) }')
  [ -n "$seen" ] || fail "container $caddy does not see $1: mount it there, or correct caddy.container, caddy.caddyfile or caddy.sitesDirectory in the environment file"
  printf '%s' "$seen"
}

# seen_fresh FILE: does the container see the bytes of this host's FILE? A single file that is bind-mounted and then
# replaced by rename (sed -i, most editors) goes on being the old one inside, and `caddy reload` says 0 all the same.
seen_fresh() {
  [ "$(sha256sum <"$1")" = "$(docker exec "$caddy" cat "$(seen_path "$1")" 2>/dev/null | sha256sum)" ]
}

# show_to_container FILE: makes the container see the bytes of this host's FILE: by writing them to the file it sees, and
# where it may not be written to from inside, by a restart, which mounts the new one.
show_to_container() {
  seen_fresh "$1" && return
  # shellcheck disable=SC2016 # expanded inside the container
  docker exec -i "$caddy" sh -c 'cat >"$1"' write "$(seen_path "$1")" <"$1" 2>/dev/null || true
  seen_fresh "$1" && return
  echo "restarting container $caddy: it sees an older $1 and cannot write to it"
  docker restart "$caddy" >/dev/null
  seen_fresh "$1" || fail "container $caddy does not see what $1 holds: mount it there, or correct caddy.caddyfile in the environment file"
}

site_file() {
  if [ -n "$sites_directory" ]; then printf '%s/%s.caddy' "$sites_directory" "$site"; else printf '%s' "$caddyfile"; fi
}

# site_now: what stands in our file or block, nothing where there is none
site_now() {
  if [ -n "$sites_directory" ]; then
    [ ! -f "$(site_file)" ] || cat -- "$(site_file)"
  else
    set_marks "$site"
    block_now "$caddyfile"
  fi
}

# file_with_site < site: our file as it shall be, on standard output
file_with_site() {
  if [ -n "$sites_directory" ]; then
    cat
  else
    set_marks "$site"
    file_with_block "$caddyfile"
  fi
}

# validate FILE < content: would Caddy load its configuration if FILE had this content, and would it serve the site?
# Tried on a copy inside the container, so that nothing that runs is touched. Prints the names that it would serve.
validate() {
  main_=$(seen_path "$caddyfile") || return
  file_=$(seen_path "$1") || return
  case $main_ in
    /*/*) ;;
    *) fail "container $caddy has its Caddyfile at $main_: mount it in a directory of its own, such as /etc/caddy, which a trial of the new configuration can copy" ;;
  esac
  # shellcheck disable=SC2016 # expanded inside the container
  docker exec -i "$caddy" sh -c '
    set -eu
    copy=$(mktemp -d)
    trap "rm -rf -- $copy" EXIT
    directory=${1%/*}
    sites=${2%/*}
    mkdir "$copy/main" "$copy/sites"
    cp -R "$directory/." "$copy/main/"
    case $2 in
      "$directory"/*) file=$copy/main${2#"$directory"} ;;
      *) cp -R "$sites/." "$copy/sites/" && file=$copy/sites/${2##*/} ;;
    esac
    rm -f "$file"
    cat >"$file"
    grep -rlF -e "$directory/" -e "$sites/" "$copy" | while IFS= read -r each; do
      sed -i -e "s#$directory/#$copy/main/#g" -e "s#$sites/#$copy/sites/#g" "$each"
    done || true
    caddy adapt --adapter caddyfile --config "$copy/main/${1##*/}" >"$copy/adapted.json" 2>"$copy/log" &&
      caddy validate --config "$copy/adapted.json" >>"$copy/log" 2>&1 || {
        grep -vE "\"level\":\"(info|warn)\"|^[0-9./: ]+(INFO|WARN)" "$copy/log" | sed -e "s#$copy/main#$directory#g" -e "s#$copy/sites#$sites#g" | tail -n 5 >&2
        exit 1
      }
    ! grep -qE "\"admin\":\{[^}]*\"disabled\":true" "$copy/adapted.json" || {
      echo "its global options say admin off, with which a running Caddy takes no other configuration: take that out, and restart it" >&2
      exit 1
    }
    [ -z "$3" ] || grep -qF "\"$3\"" "$copy/adapted.json" || {
      echo "the Caddyfile does not import ${2%/*}: add a line like \"import ${2%/*}/*.caddy\" to it, or leave caddy.sitesDirectory out" >&2
      exit 1
    }
    { grep -oE "\"host\":\[[^]]*\]" "$copy/adapted.json" || true; } | sed "s/.*\[//; s/\]//" | tr , "\n" | sort -u' validate "$main_" "$file_" "$2"
}

reload_caddy() {
  said=$(docker exec "$caddy" caddy reload --adapter caddyfile --config "$(seen_path "$caddyfile")" 2>&1) && return
  printf '%s\n' "$said" | tail -n 1 >&2
  return 1
}

# Two scripts that edit at the same time would each write what the other has not. The lock is on the Caddyfile itself,
# which is only ever written in place.
lock_caddyfile() {
  [ -f "$caddyfile" ] || fail "$caddyfile is not a file on the host: correct caddy.caddyfile in the environment file"
  exec 9<"$caddyfile"
  flock -w 60 9 || fail "another deploy has been editing $caddyfile for a minute: wait for it and deploy again"
  mend_writing
}

# refresh_caddyfile: with a sites directory the Caddyfile is not ours to write, but the container must see the one that is
# there. (Without one, the file is shown to it when the site is written.)
refresh_caddyfile() {
  [ -n "$sites_directory" ] || return 0
  seen_fresh "$caddyfile" && return
  trouble=$(validate "$caddyfile" "" <"$caddyfile" 2>&1) || fail "Caddy would not load $caddyfile, so nothing was changed: $trouble"
  show_to_container "$caddyfile"
}

# install_file FILE [CANDIDATE]: writes CANDIDATE over FILE in place (without one: removes FILE) and loads it, or puts
# back what was there.
install_file() {
  begin_writing "$@"
  if trouble=$({ put "$@" && reload_caddy; } 2>&1); then
    end_writing
    return
  fi
  if [ -f "$manifest/.writing/before" ]; then
    put "$1" "$manifest/.writing/before" 2>/dev/null ||
      fail "$1 cannot be written: $trouble. What it held before stands in $manifest/.writing/before; the next deploy puts it back."
  else
    put "$1"
  fi
  end_writing
  reload_caddy || true
  fail "Caddy did not take the new configuration, $1 was put back: $trouble"
}

# A run that is killed while it writes in place leaves half a file, and the other half is somebody else's. So what the file
# holds and what it shall hold stand beside the records until Caddy has loaded it.
begin_writing() {
  rm -rf -- "$manifest/.writing" "$manifest/.writing.new"
  mkdir -- "$manifest/.writing.new"
  printf '%s\n' "$1" >"$manifest/.writing.new/path"
  [ ! -f "$1" ] || cat -- "$1" >"$manifest/.writing.new/before"
  [ $# -eq 1 ] || cat -- "$2" >"$manifest/.writing.new/after"
  mv -T -- "$manifest/.writing.new" "$manifest/.writing"
}

end_writing() {
  rm -rf -- "$manifest/.writing"
}

# mend_writing: puts back a file that a run has left half written, and has Caddy load what is there. Where someone else has
# written the file since, it is theirs.
mend_writing() {
  [ -d "$manifest/.writing" ] || return 0
  half=$(cat -- "$manifest/.writing/path")
  if [ -f "$manifest/.writing/before" ] && [ -f "$half" ] &&
    { begins_like "$half" "$manifest/.writing/after" || begins_like "$half" "$manifest/.writing/before"; }; then
    echo "$half was left half written by a run that was killed, and is put back"
    put "$half" "$manifest/.writing/before"
  fi
  reload_caddy || true
  end_writing
}

# begins_like FILE WHOLE: does FILE hold the beginning of WHOLE and no more?
begins_like() {
  [ -f "$2" ] && [ "$(wc -c <"$1")" -lt "$(wc -c <"$2")" ] && [ "$(sha256sum <"$1")" = "$(head -c "$(wc -c <"$1")" -- "$2" | sha256sum)" ]
}

put() {
  if [ $# -eq 1 ]; then
    rm -f -- "$1"
  else
    # Within a condition `set -e` does not hold: a full disk has to be noticed here.
    (umask 022 && cat -- "$2" >"$1") && cmp -- "$2" "$1" && show_to_container "$1"
  fi
}

# hold_requests NAME: from here on Caddy sends nothing new to NAME; what comes waits, and what is under way is answered. A
# service that is told to stop closes its port with connections that wait there unread, and of a POST on one of these nobody
# could say whether it was done.
#
# A line in the /etc/hosts of Caddy's container leads NAME nowhere, so its site needs no reload, which would drop connections
# too. The line takes itself away after 12 s, whatever becomes of the deploy. Caddy looks at that file every 5 s, and says in
# its log what it then finds.
hold_requests() {
  docker exec -u 0 "$caddy" test -w /etc/hosts 2>/dev/null || {
    echo "container $caddy cannot write to its /etc/hosts, so a request that is sent at the very moment of the stop may fail"
    return 0
  }
  from_=$(date +%s)
  # shellcheck disable=SC2016 # expanded inside the container
  docker exec -d -u 0 "$caddy" sh -c '
    line="255.255.255.255 $1 # held since $2"
    printf "%s\n" "$line" >>/etc/hosts
    sleep 12
    rest=$(grep -vxF "$line" /etc/hosts)
    printf "%s\n" "$rest" >/etc/hosts' hold "$1" "$from_"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    ! docker logs --since "$from_" "$caddy" 2>&1 | grep -qF 'dial tcp 255.255.255.255' || return 0
    sleep 0.5
  done
}
