# Backups of NocoDB: its database and its data directory, taken while it serves.
#
# Expects   backups: directory; keep: how many of the newest stay; database_container, superuser, database, role;
#           data_directory; manifest.
# Changes   nothing until a function is called.
#
# A backup is a directory <time>-<version> with database.dump (pg_dump's custom format), data.tar, and `about`: what it is,
# as lines name=value. It gets its name when it is complete and its dump was read back.

# The image that served last stands beside the records, apart from the state, which may be lost.
served_file() {
  printf '%s/.served' "$manifest"
}

# served NAME: image (its reference), id (of the image) or since; empty where none has served
served() {
  [ ! -f "$(served_file)" ] || sed -n "s/^$1=//p" "$(served_file)"
}

# note_served IMAGE ID
note_served() {
  [ "$(served image) $(served id)" != "$1 $2" ] || return 0
  mkdir -p -- "$manifest"
  new_=$(mktemp -- "$manifest/.served.XXXXXX")
  printf 'image=%s\nid=%s\nsince=%s\n' "$1" "$2" "$(date +%s)" >"$new_"
  mv -f -- "$new_" "$(served_file)"
}

# version_of IMAGE -> its tag
version_of() {
  tag_=${1##*/}
  tag_=${tag_%%@*}
  case $tag_ in *:*) printf '%s' "${tag_#*:}" ;; *) printf 'unknown' ;; esac
}

in_database() {
  sql "$database_container" "$superuser" -d "$database" "$@"
}

# holds_nocodb: is there a NocoDB in the database?
holds_nocodb() {
  [ "$(echo "SELECT to_regclass('nc_users_v2') IS NOT NULL" | in_database 2>/dev/null)" = t ]
}

# activity: rows inserted, updated and deleted since PostgreSQL began to count
activity() {
  echo 'SELECT coalesce(sum(n_tup_ins), 0), coalesce(sum(n_tup_upd), 0), coalesce(sum(n_tup_del), 0) FROM pg_stat_user_tables' | in_database -F ' '
}

# about BACKUP NAME: a line of what a backup says of itself
about() {
  sed -n "s/^$2=//p" "$backups/$1/about" 2>/dev/null
}

# all_backups: names, the newest first
all_backups() {
  [ ! -d "$backups" ] || find "$backups" -mindepth 2 -maxdepth 2 -name about -printf '%h\n' | sed 's#.*/##' | sort -r
}

# A version migrates its database when it starts, and nothing takes that back but a backup. So none starts on a database
# that another image has served (or one that nobody knows), unless there is a backup from just before.
ensure_backup_before() {
  { [ -n "${backups-}" ] && holds_nocodb; } || return 0
  id_=$(docker image inspect -f '{{.Id}}' -- "$1" 2>/dev/null) || id_=
  [ "$(served image) $(served id)" != "$1 $id_" ] || return 0
  newest_=$(all_backups | head -n 1)
  if [ -n "$newest_" ] && [ "$(about "$newest_" image) $(about "$newest_" next)" = "$(served image) $1" ] &&
    [ "$(about "$newest_" made)" -gt "$(($(date +%s) - FRESH))" ]; then
    echo "backup $newest_ is from just before"
    return 0
  fi
  make_backup "before $1" "$1"
  echo "backup $backup made, before $1 starts"
}
# Seconds: from the guard's backup, while the old container serves, to the start of the new one.
FRESH=900

# make_backup REASON [NEXT IMAGE]: sets backup to its name
make_backup() {
  image_=$(served image)
  backup=$(date -u +%Y-%m-%dT%H%M%SZ)-$(version_of "${image_:-unknown}")
  mkdir -p -- "$backups"
  chmod 0700 -- "$backups"
  unfinished=$(mktemp -d -- "$backups/.unfinished.XXXXXX")
  said=$(dump_database 2>&1) || backup_failed "pg_dump of database $database: $(last_words_of_it)"
  said=$(read_back 2>&1) || backup_failed "the dump of database $database cannot be read back: $(last_words_of_it)"
  said=$(pack_data 2>&1) || backup_failed "$data_directory could not be packed: $(last_words_of_it)"
  {
    printf 'reason=%s\nimage=%s\nnext=%s\nmade=%s\n' "$1" "$image_" "${2-}" "$(date +%s)"
    printf 'database=%s\nrole=%s\nactivity=%s\n' "$database" "$role" "$(activity)"
  } >"$unfinished/about"
  sync -- "$unfinished"/* || backup_failed "it could not be written to disk"
  mv -T -- "$unfinished" "$backups/$backup"
  prune_backups
}

dump_database() {
  docker exec "$database_container" pg_dump -U "$superuser" -Fc -d "$database" >"$unfinished/database.dump"
}

read_back() {
  docker exec -i "$database_container" pg_restore --list <"$unfinished/database.dump" >/dev/null
}

# 1 is tar's word for a file that changed while it was read.
pack_data() {
  tar -C "$data_directory" -cf "$unfinished/data.tar" . || [ $? -eq 1 ]
}

last_words_of_it() {
  printf '%s\n' "$said" | tail -n 2 | paste -s -d ' ' -
}

backup_failed() {
  rm -rf -- "$unfinished"
  free_=$(df -P -h -- "$backups" | awk 'NR == 2 { print $4 " free" }')
  fail "There is no backup ($1; $backups: $free_), so nothing was changed."
}

prune_backups() {
  all_backups | tail -n "+$((keep + 1))" | while IFS= read -r old_; do rm -rf -- "${backups:?}/$old_"; done
}
