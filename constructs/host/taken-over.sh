# What a take-over has changed on this host, and how it is put back. See nocodb-by-hand.sh.
#
# Expects   manifest, name, label; what backup.sh, caddy.sh and consumers.sh expect; env_file, role.
# Changes   nothing until a function is called.
#
# All that is needed to put it back is kept in a directory beside the records, root's alone: `about` with lines
# name=value, back.sql, the former nocodb.env, and in a folder for each file that lost lines its path and those lines.
kept=${manifest%/*}/taken-over

# note NAME VALUE
note_taken() {
  new_=$(mktemp -- "$kept/.about.XXXXXX")
  { grep -v "^$1=" "$kept/about" 2>/dev/null || true; } >"$new_"
  printf '%s=%s\n' "$1" "$2" >>"$new_"
  mv -f -- "$new_" "$kept/about"
}

# keep_lines NAME FILE FIRST,LAST...
keep_lines() {
  folder_=$kept/$1 whole_=$2
  rm -rf -- "$folder_"
  mkdir -- "$folder_"
  printf '%s' "$whole_" >"$folder_/path"
  shift 2
  for each_ in "$@"; do sed -n "${each_}p" "$whole_" >"$folder_/${each_%,*}"; done
}

# without_lines NAME FILE FIRST,LAST...: the file with a remark in the place of each range, that says where it is kept
without_lines() {
  folder_=$kept/$1 whole_=$2
  shift 2
  ranges="$*" remark="$(remark_on "$folder_")" awk '
    BEGIN { count = split(ENVIRON["ranges"], range, " "); for (i = 1; i <= count; i++) { split(range[i], end, ","); last[end[1]] = end[2] } }
    NR in last { print ENVIRON["remark"] NR; until = last[NR] }
    NR > until { print }' "$whole_" |
    if ends_without_newline "$whole_"; then head -c -1; else cat; fi
}

remark_on() {
  printf '# Taken over by cdktf, kept in %s/' "$1"
}

# with_kept NAME FILE: the file with the lines of NAME back in their places. What has no place any more is told.
with_kept() {
  folder_=$kept/$1
  cat -- "$2" >"$folder_/.now"
  for part_ in "$folder_"/[0-9]*; do
    line_=$(grep -nxF -e "$(remark_on "$folder_")${part_##*/}" "$folder_/.now" | cut -d : -f 1 | head -n 1)
    if [ -n "$line_" ]; then
      { head -n "$((line_ - 1))" -- "$folder_/.now" && cat -- "$part_" && tail -n "+$((line_ + 1))" -- "$folder_/.now"; } >"$folder_/.then"
      mv -f -- "$folder_/.then" "$folder_/.now"
    elif ! grep -qxF -e "$(head -n 1 -- "$part_")" "$folder_/.now"; then
      echo "$(cat -- "$folder_/path") lacks the remark that says where the lines in $left_over${part_#"$kept"} stood: put them back by hand" >&2
      incomplete=yes
    fi
  done
  cat -- "$folder_/.now"
}

# put_back: all as it was before the take-over, but for what was written to the database since. May run again.
put_back() {
  old_id=$(taken id) old_name=$(taken name) port=$(taken port) incomplete=no
  left_over=$kept-$(date -u +%Y-%m-%dT%H%M%SZ)
  docker inspect -- "$old_id" >/dev/null 2>&1 ||
    fail "container $old_name, which was taken over, is not there any more. What was changed for it is kept in $kept."
  put_database_back
  put_data_back
  start_old
  [ ! -d "$kept/site" ] || put_site_back
  for each_ in "$kept"/lines-*; do [ ! -d "$each_" ] || put_lines_back "${each_##*/}"; done
  if [ -f "$kept/nocodb.env" ]; then cp -p -- "$kept/nocodb.env" "$env_file"; fi
  if [ "$incomplete" = yes ]; then mv -T -- "$kept" "$left_over"; else rm -rf -- "$kept"; fi
  await_old
}

# back.sql is written before anything is changed; the owner of the tables goes back to the role that the old one uses.
put_database_back() {
  [ -f "$kept/back.sql" ] || return 0
  said=$(in_database --single-transaction <"$kept/back.sql" 2>&1) ||
    fail "database $database could not be given back to its former role: $(printf '%s\n' "$said" | tail -n 2)"
}

# put_data_back: the old container still has its files as they were; it gets those that came since
put_data_back() {
  rm -rf -- "$data_directory.taking-over"
  [ -n "$(taken files)" ] && [ -d "$data_directory" ] || return 0
  tar -C "$data_directory" --newer-mtime="@$(taken since)" -cf - . | docker cp -a - "$old_id:$(taken files)"
  mv -T -- "$data_directory" "$data_directory-$(date -u +%Y-%m-%dT%H%M%SZ)"
}

start_old() {
  [ "$(docker inspect -f '{{slice .Name 1}}' -- "$old_id")" = "$old_name" ] || docker rename "$old_id" "$old_name"
  docker update --restart="$(taken restart)" "$old_id" >/dev/null
  docker start "$old_id" >/dev/null
}

await_old() {
  service=$old_id patience=5 deadline=$(($(date +%s) + 90))
  until open_api; do
    [ "$(date +%s)" -lt "$deadline" ] || fail "container $old_name does not answer: see docker logs $old_name"
    sleep 1
  done
  echo "container $old_name answers again, as before"
}

put_site_back() {
  file=$(cat -- "$kept/site/path")
  lock_caddyfile
  set_marks "$site"
  begin=0
  if [ -f "$file" ] && [ -z "$sites_directory" ]; then locate_block "$file"; fi
  if [ "$begin" -gt 0 ]; then file_without_block "$file"; else cat -- "$file" 2>/dev/null || true; fi >"$kept/site/.without"
  candidate=$(scratch)
  if [ -f "$kept/site/whole" ]; then cat -- "$kept/site/whole"; else with_kept site "$kept/site/.without"; fi >"$candidate"
  trouble=$(validate "$file" "" <"$candidate" 2>&1) || fail "Caddy would not load $file as it was before, so it stays as it is: $trouble"
  install_file "$file" "$candidate"
  rm -f -- "$candidate"
}

# put_lines_back NAME
put_lines_back() {
  file_=$(cat -- "$kept/$1/path")
  [ -f "$file_" ] || return 0
  with_kept "$1" "$file_" >"$kept/.lines"
  put_file "$file_" block <"$kept/.lines"
}
