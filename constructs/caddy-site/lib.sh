# A site in the configuration of a Caddy container: a file of its own if sites_directory is set (the Caddyfile imports
# it), otherwise a marked block in the Caddyfile. Every byte outside the site stays as it is.
#
# Expects   $caddy: container; $caddyfile: path on this host; $sites_directory: path on this host, or empty; $site: host
#           name; $records.
# Changes   nothing until a function is called.
# Needs     remote-host/record.sh remote-host/marked-block.sh caddy-site/configuration.sh caddy-site/answers.sh

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

# tried TEXT: prints a hash of the Caddyfile and the text of the site
tried() {
  { cat -- "$caddyfile" && printf '%s' "$1"; } | fingerprint caddyfile
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

# check_current: sets now_ to what the Caddyfile yields; fails if Caddy would not load it, or runs something else
check_current() {
  now_=$(adapted 2>&1) || fail "Caddy in container $caddy would not load $caddyfile as it is: $(printf '%s\n' "$now_" | tail -n 1). Fix that first"
  check_running "$now_"
}

# check_loadable TEXT: fails if Caddy would not load its configuration with this text as the site, or runs something else
# than its Caddyfile yields. Nothing is written: the server itself adapts a text. If there is a site of ours, the new one
# is tried under another name.
check_loadable() {
  current_=$(current_site) || exit 1
  caddyfile_text_=$(whole_caddyfile)
  check_current
  tried_=$site tried_text_=$1
  if [ -n "$current_" ]; then
    tried_=tried.$site tried_text_=$(printf '%s' "$1" | sed "1s/^/tried./")
  elif printf '%s\n' "$now_" | has_site "$site"; then
    fail "the configuration of Caddy in container $caddy has a site $site that this app did not write, in $caddyfile or a file that it imports, perhaps through a placeholder or a snippet: remove it, or choose another subdomain"
  fi
  then_=$(adapted "$tried_text_" 2>&1) || fail "Caddy in container $caddy would not load $caddyfile with the site $site in it: $(printf '%s\n' "$then_" | tail -n 1)$(advice "$then_")"
  printf '%s\n' "$then_" | has_site "$tried_" || fail "$caddyfile with the site $site behind it yields no such site: put braces around each site in it, and try again"
  check_certificate "$then_"
  check_imported "$then_"
}

# advice ERROR: prints what to do about an error of Caddy, if that is known
advice() {
  case $1 in
    *"curly braces around each site"*) printf '%s' ". Put braces around the site in $caddyfile, because it has another one now" ;;
    *"File to import not found: "*) printf '%s' ". Define that snippet in the Caddyfile, or correct caddy.snippets in the environment file" ;;
  esac
}

# check_certificate LINES: fails if Caddy would have no certificate for the site
check_certificate() {
  ! printf '%s\n' "$1" | grep -qE '^apps\.http\.servers\.[^.]+\.automatic_https\.disable(_certificates)? true' ||
    printf '%s\n' "$1" | grep -qE '^apps\.tls\.(certificates\.|automation\.policies\.[0-9]+\.(on_demand true|get_certificate))' ||
    fail "the global option auto_https of $caddyfile leaves the site $site without a certificate: remove it (names that must stay plain HTTP can start with http://), or name a snippet with a tls directive in caddy.snippets of the environment file"
}

# check_imported: fails if no import of a file beside the Caddyfile matches the file of the site. Only a pattern with a
# placeholder cannot be judged here.
check_imported() {
  [ -n "$sites_directory" ] && [ -z "$current_" ] || return 0
  own_file_=$(path_in_caddy "$(site_file)") || exit 1
  # shellcheck disable=SC2016 # expanded inside the container
  {
    # The container may read an older Caddyfile, which the app replaces before it writes the site.
    sed -n "s|^[[:space:]]*import[[:space:]]|$main:&|p" -- "$caddyfile"
    docker exec "$caddy" sh -c 'grep -rE "^[[:space:]]*import[[:space:]]" "${1%/*}" "$1" 2>/dev/null | sort -u' imports "$main" |
      grep -vF -e "$main:" || true
  } | tr -d '"`\r' | sed -E 's/:[[:space:]]*import[[:space:]]+/ /' | {
    while read -r in_ pattern_ _; do
      case $pattern_ in *'{$'*) exit 0 ;; /*) ;; *) pattern_=${in_%/*}/$pattern_ ;; esac
      # shellcheck disable=SC2254 # a pattern
      case $own_file_ in $pattern_) exit 0 ;; esac
    done
    exit 1
  } || fail "the Caddyfile does not import ${own_file_%/*}/*.caddy: add a line like \"import ${own_file_%/*}/*.caddy\" to it, or remove caddy.sitesDirectory from the environment file"
}

# load_caddyfile: makes the server load it, or prints the server's reason and returns 1
load_caddyfile() {
  ask_caddy POST /load "import $main" >/dev/null
}

# lock_caddyfile: until the script ends, no other script edits the Caddyfile; each would lose the other's change. The
# lock is on the Caddyfile itself, which is only written in place.
lock_caddyfile() {
  [ -f "$caddyfile" ] || fail "$caddyfile is not a file on the host: correct caddy.caddyfile in the environment file"
  open_caddy
  exec 9<"$caddyfile"
  flock -w 60 9 || fail "another deploy has been editing $caddyfile for a minute: wait for it and deploy again"
  repair_interrupted_write
}

# refresh_caddyfile: makes the container read the current Caddyfile if there is a sites directory. Without one, that
# happens when the site is written.
refresh_caddyfile() {
  [ -z "$sites_directory" ] || update_in_caddy "$caddyfile"
}

# install_file FILE [CANDIDATE]: writes CANDIDATE over FILE in place, or removes FILE, and makes Caddy load the result.
# If Caddy refuses it, or a site that answered before does not answer any more, puts the former content back and fails.
install_file() {
  was_running_=$(ask_caddy GET /config/)
  answered_=$(printf '%s\n' "$was_running_" | served_names | answering)
  begin_write "$@"
  if errors=$({ overwrite "$@" && load_caddyfile && check_answers "$answered_"; } 2>&1); then
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
  ask_caddy POST /load "$was_running_" application/json >/dev/null || true
  fail "Caddy refused the new configuration, and $1 was put back: $errors"
}

# served_names < JSON: prints SITE PORT for each site that runs, except ours
served_names() {
  lines_=$(flattened)
  printf '%s\n' "$lines_" | names_in | while read -r served_; do
    [ "$served_" = "$site" ] || printf '%s\n' "$lines_" | servers_of "$served_"
  done
}

# check_answers NAMES: fails if one of those that answered does not answer within 10 s
check_answers() {
  for _ in 1 2 3 4 5; do
    silent_=$(printf '%s\n' "$1" | grep -vxF -e "$(printf '%s\n' "$1" | answering)") || return 0
    sleep 2
  done
  fail "with it, these sites (name, port) no longer answer: $(printf '%s\n' "$silent_" | paste -s -d , -)"
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
  load_caddyfile || true
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
