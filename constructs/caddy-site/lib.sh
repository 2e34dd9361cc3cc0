# A site in the configuration of a Caddy container: a file of its own if sites_directory is set (the Caddyfile imports
# it), otherwise a marked block in the Caddyfile. Every byte outside the site stays as it is.
#
# Expects   $caddy: container; $caddyfile: path on this host; $sites_directory: path on this host, or empty; $site: host
#           name; $records.
# Changes   nothing until a function is called.
# Needs     remote-host/record.sh remote-host/marked-block.sh

# path_in_caddy PATH: prints the path in the Caddy container at which this host's PATH is mounted
path_in_caddy() {
  mounted_=$(docker inspect -f '{{range .Mounts}}{{.Source}}|{{.Destination}}{{"\n"}}{{end}}' "$caddy" |
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

# site_file: prints the path of the file that holds the site
site_file() {
  if [ -n "$sites_directory" ]; then printf '%s/%s.caddy' "$sites_directory" "$site"; else printf '%s' "$caddyfile"; fi
}

# current_site: prints our file or block, nothing if there is none
current_site() {
  if [ -n "$sites_directory" ]; then
    [ ! -f "$(site_file)" ] || cat -- "$(site_file)"
  else
    set_marks "$site"
    current_block "$caddyfile"
  fi
}

# file_with_site < site: prints the file with that site
file_with_site() {
  if [ -n "$sites_directory" ]; then
    cat
  else
    set_marks "$site"
    file_with_block "$caddyfile"
  fi
}

# validate FILE SITE < content: whether Caddy would load its configuration if FILE had this content, and would serve
# SITE (may be empty). Prints the names that it would serve. It uses a copy in the container, so nothing that runs
# changes.
validate() {
  main_=$(path_in_caddy "$caddyfile") || return
  file_=$(path_in_caddy "$1") || return
  case $main_ in
    /*/*) ;;
    *) fail "container $caddy has its Caddyfile at $main_: mount it in a directory of its own, such as /etc/caddy, so that a new configuration can be tried on a copy" ;;
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
      echo "its global option admin off keeps a running Caddy from loading another configuration: remove it, and restart Caddy" >&2
      exit 1
    }
    [ -z "$3" ] || grep -qF "\"$3\"" "$copy/adapted.json" || {
      echo "the Caddyfile does not import ${2%/*}: add a line like \"import ${2%/*}/*.caddy\" to it, or remove caddy.sitesDirectory from the environment file" >&2
      exit 1
    }
    { grep -oE "\"host\":\[[^]]*\]" "$copy/adapted.json" || true; } | sed "s/.*\[//; s/\]//" | tr , "\n" | sort -u' validate "$main_" "$file_" "$2"
}

# reload_caddy: loads the configuration, or fails and prints Caddy's last message
reload_caddy() {
  output=$(docker exec "$caddy" caddy reload --adapter caddyfile --config "$(path_in_caddy "$caddyfile")" 2>&1) && return
  printf '%s\n' "$output" | tail -n 1 >&2
  return 1
}

# lock_caddyfile: until the script ends, no other script edits the Caddyfile; each would lose the other's change. The
# lock is on the Caddyfile itself, which is only written in place.
lock_caddyfile() {
  [ -f "$caddyfile" ] || fail "$caddyfile is not a file on the host: correct caddy.caddyfile in the environment file"
  exec 9<"$caddyfile"
  flock -w 60 9 || fail "another deploy has been editing $caddyfile for a minute: wait for it and deploy again"
  repair_interrupted_write
}

# refresh_caddyfile: makes the container read the current Caddyfile if there is a sites directory. Without one, that
# happens when the site is written.
refresh_caddyfile() {
  [ -n "$sites_directory" ] || return 0
  is_current_in_caddy "$caddyfile" && return
  errors=$(validate "$caddyfile" "" <"$caddyfile" 2>&1) || fail "Caddy would not load $caddyfile, so nothing was changed: $errors"
  update_in_caddy "$caddyfile"
}

# install_file FILE [CANDIDATE]: writes CANDIDATE over FILE in place, or removes FILE, and reloads Caddy. If Caddy
# refuses the result, puts the former content back and fails.
install_file() {
  begin_write "$@"
  if errors=$({ overwrite "$@" && reload_caddy; } 2>&1); then
    end_write
    return
  fi
  if [ -f "$records/.writing/before" ]; then
    overwrite "$1" "$records/.writing/before" 2>/dev/null ||
      fail "$1 cannot be written: $errors. Its previous content is in $records/.writing/before; the next deploy puts it back."
  else
    overwrite "$1"
  fi
  end_write
  reload_caddy || true
  fail "Caddy refused the new configuration, and $1 was put back: $errors"
}

# begin_write FILE [CANDIDATE]: keeps the old and the new content beside the records until Caddy has loaded the file. A
# run that is killed while it writes in place leaves half a file, and other people's text may be in the lost half.
begin_write() {
  rm -rf -- "$records/.writing" "$records/.writing.new"
  mkdir -- "$records/.writing.new"
  printf '%s\n' "$1" >"$records/.writing.new/path"
  [ ! -f "$1" ] || cat -- "$1" >"$records/.writing.new/before"
  [ $# -eq 1 ] || cat -- "$2" >"$records/.writing.new/after"
  mv -T -- "$records/.writing.new" "$records/.writing"
}

end_write() {
  rm -rf -- "$records/.writing"
}

# repair_interrupted_write: puts back a file that a killed run has left half written, and reloads Caddy. If someone else
# has written the file since then, it stays.
repair_interrupted_write() {
  [ -d "$records/.writing" ] || return 0
  half=$(cat -- "$records/.writing/path")
  if [ -f "$records/.writing/before" ] && [ -f "$half" ] &&
    { is_beginning_of "$half" "$records/.writing/after" || is_beginning_of "$half" "$records/.writing/before"; }; then
    echo "$half was half written by a run that was killed: its previous content is put back"
    overwrite "$half" "$records/.writing/before"
  fi
  reload_caddy || true
  end_write
}

# is_beginning_of FILE WHOLE: whether FILE is a shorter beginning of WHOLE
is_beginning_of() {
  [ -f "$2" ] && [ "$(wc -c <"$1")" -lt "$(wc -c <"$2")" ] && [ "$(sha256sum <"$1")" = "$(head -c "$(wc -c <"$1")" -- "$2" | sha256sum)" ]
}

# overwrite FILE [CANDIDATE]: writes CANDIDATE over FILE in place, or removes FILE
overwrite() {
  if [ $# -eq 1 ]; then
    rm -f -- "$1"
  else
    # `set -e` has no effect in a condition, so a full disk must be noticed here.
    (umask 022 && cat -- "$2" >"$1") && cmp -- "$2" "$1" && update_in_caddy "$1"
  fi
}
