# What an adoption changes on this host, and how it is reverted.
#
# Expects   $records; $env_file; $secrets; $role.
# Changes   nothing until a function is called.
# Needs     nocodb/consumers/ask.sh nocodb/consumers/lib.sh caddy-site/lib.sh backup/lib.sh nocodb/kind.sh
#
# Everything that a revert needs is in a directory beside the records, private to root: `metadata` with lines
# name=value, revert.sql, the former nocodb.env, and for each file that lost lines a folder with its path and the lines.

adoption_directory=${records%/*}/adoption

# record_adoption NAME VALUE: sets a line of the metadata
record_adoption() {
  new_=$(mktemp -- "$adoption_directory/.metadata.XXXXXX")
  { grep -v "^$1=" "$adoption_directory/metadata" 2>/dev/null || true; } >"$new_"
  printf '%s=%s\n' "$1" "$2" >>"$new_"
  mv -f -- "$new_" "$adoption_directory/metadata"
}

# keep_lines NAME FILE FIRST,LAST...: copies these lines into the folder NAME
keep_lines() {
  folder_=$adoption_directory/$1 whole_=$2
  rm -rf -- "$folder_"
  mkdir -- "$folder_"
  printf '%s' "$whole_" >"$folder_/path"
  shift 2
  for each_ in "$@"; do sed -n "${each_}p" "$whole_" >"$folder_/${each_%,*}"; done
}

# without_lines NAME FILE FIRST,LAST...: prints the file with a remark in place of each range, which says where it is
# kept
without_lines() {
  folder_=$adoption_directory/$1 whole_=$2
  shift 2
  ranges="$*" remark="$(remark_on "$folder_")" awk '
    BEGIN { count = split(ENVIRON["ranges"], range, " "); for (i = 1; i <= count; i++) { split(range[i], end, ","); last[end[1]] = end[2] } }
    NR in last { print ENVIRON["remark"] NR; until = last[NR] }
    NR > until { print }' "$whole_" |
    if ends_without_newline "$whole_"; then head -c -1; else cat; fi
}

# remark_on FOLDER: prints the beginning of the remark; the number of the first line follows
remark_on() {
  printf '# Moved by cdktf to %s/' "$1"
}

# with_kept NAME FILE: prints the file with the lines of NAME back in their places. Lines whose remark is gone are
# reported.
with_kept() {
  folder_=$adoption_directory/$1
  cat -- "$2" >"$folder_/.now"
  for part_ in "$folder_"/[0-9]*; do
    line_=$(grep -nxF -e "$(remark_on "$folder_")${part_##*/}" "$folder_/.now" | cut -d : -f 1 | head -n 1)
    if [ -n "$line_" ]; then
      { head -n "$((line_ - 1))" -- "$folder_/.now" && cat -- "$part_" && tail -n "+$((line_ + 1))" -- "$folder_/.now"; } >"$folder_/.then"
      mv -f -- "$folder_/.then" "$folder_/.now"
    elif ! grep -qxF -e "$(head -n 1 -- "$part_")" "$folder_/.now"; then
      echo "$(cat -- "$folder_/path") no longer has the remark that shows where the lines in $incomplete_directory${part_#"$adoption_directory"} were: put them back by hand" >&2
      incomplete=yes
    fi
  done
  cat -- "$folder_/.now"
}

# revert: restores everything as it was before the adoption, except the data in the database. May run twice.
revert() {
  old_id=$(adoption_value id) old_name=$(adoption_value name) port=$(adoption_value port) incomplete=no
  incomplete_directory=$adoption_directory-$(date -u +%Y-%m-%dT%H%M%SZ)
  docker inspect -- "$old_id" >/dev/null 2>&1 ||
    fail "container $old_name, which was adopted, does not exist any more. What was changed for it is kept in $adoption_directory."
  put_database_back
  put_data_back
  start_old
  [ ! -d "$adoption_directory/site" ] || put_site_back
  for each_ in "$adoption_directory"/lines-*; do [ ! -d "$each_" ] || put_lines_back "${each_##*/}"; done
  if [ -f "$adoption_directory/nocodb.env" ]; then cp -p -- "$adoption_directory/nocodb.env" "$env_file"; fi
  remove_secrets
  if [ "$incomplete" = yes ]; then mv -T -- "$adoption_directory" "$incomplete_directory"; else rm -rf -- "$adoption_directory"; fi
  await_old
}

# put_database_back: gives the tables back to the role that the old container uses. revert.sql was written before
# anything was changed.
put_database_back() {
  [ -f "$adoption_directory/revert.sql" ] || return 0
  output=$(in_database --single-transaction <"$adoption_directory/revert.sql" 2>&1) ||
    fail "database $database could not be given back to its former role: $(printf '%s\n' "$output" | tail -n 2)"
}

# put_data_back: copies files that are newer than the adoption into the old container, which still has its own
put_data_back() {
  rm -rf -- "$data_directory.adopting"
  [ -n "$(adoption_value files)" ] && [ -d "$data_directory" ] || return 0
  tar -C "$data_directory" --newer-mtime="@$(adoption_value since)" -cf - . | docker cp -a - "$old_id:$(adoption_value files)"
  mv -T -- "$data_directory" "$data_directory-$(date -u +%Y-%m-%dT%H%M%SZ)"
}

# remove_secrets: removes the secrets of the app, unless it had some before the adoption
remove_secrets() {
  [ "$(adoption_value secrets)" = new ] || return 0
  rm -rf -- "$secrets"
  remove_records secrets directory "$secrets"
}

start_old() {
  [ "$(docker inspect -f '{{slice .Name 1}}' -- "$old_id")" = "$old_name" ] || docker rename "$old_id" "$old_name"
  docker update --restart="$(adoption_value restart)" "$old_id" >/dev/null
  docker start "$old_id" >/dev/null
}

# await_old: waits until the old container answers
await_old() {
  api_container=$old_id deadline=$(($(date +%s) + 90))
  until find_api; do
    [ "$(date +%s)" -lt "$deadline" ] || fail "container $old_name does not answer: see docker logs $old_name"
    sleep 1
  done
  echo "container $old_name answers again, as before"
}

put_site_back() {
  file=$(cat -- "$adoption_directory/site/path")
  lock_caddyfile
  set_marks "$site"
  begin=0
  if [ -f "$file" ] && [ -z "$sites_directory" ]; then locate_block "$file"; fi
  if [ "$begin" -gt 0 ]; then file_without_block "$file"; else cat -- "$file" 2>/dev/null || true; fi >"$adoption_directory/site/.without"
  candidate=$(scratch)
  if [ -f "$adoption_directory/site/whole" ]; then cat -- "$adoption_directory/site/whole"; else with_kept site "$adoption_directory/site/.without"; fi >"$candidate"
  install_file "$file" "$candidate"
  rm -f -- "$candidate"
}

# put_lines_back NAME: puts them back into their file, if it still exists
put_lines_back() {
  file_=$(cat -- "$adoption_directory/$1/path")
  [ -f "$file_" ] || return 0
  with_kept "$1" "$file_" >"$adoption_directory/.lines"
  put_file "$file_" false <"$adoption_directory/.lines"
}
