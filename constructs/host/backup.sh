# Backups of NocoDB: its database and its data directory, taken while it serves.
#
# Expects   backups and data_directory: directories, or links to such; keep: how many of the newest stay;
#           database_container, superuser, database, role; manifest; env_file: with the service's variables.
# Changes   nothing until a function is called.
#
# A backup is a directory <time>-<version> with database.dump (pg_dump's custom format), data.tar, and `about`: what it is,
# as lines name=value. It gets its name when it is complete and its dump was read back.

# One backup or restore at a time. Nobody ever replaces the directory, so the lock is on it. A dump that outlives the script
# which began it goes on holding it.
lock_backups() {
  [ -z "${backups_locked-}" ] || return 0
  said=$(mkdir -p -- "$backups" 2>&1 && chmod 0700 -- "$backups" 2>&1) ||
    fail "backups cannot be kept in $backups ($said), so nothing was changed: make it a directory that root can write to, or correct backups.directory in the environment file"
  exec 6<"$backups"
  if ! flock -n 6; then
    echo "waiting for another backup or restore, which is at work in $backups" >&2
    flock -w 600 6 || fail "another backup or restore has been at work in $backups for 10 minutes, so nothing was changed: wait for it and try again (\`lsof $backups\` on the host shows whose it is)"
  fi
  backups_locked=yes
}

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
  if [ "$(served image) $(served id)" != "$1 $2" ]; then
    new_=$(scratch)
    printf 'image=%s\nid=%s\nsince=%s\n' "$1" "$2" "$(date +%s)" >"$new_"
    mv -f -- "$new_" "$(served_file)"
  fi
  rm -f -- "$(started_file)"
}

# An image that was started and has not served yet may have migrated the database, in part at least: what is backed up
# then is not what the former one left.
started_file() {
  printf '%s/.started' "$manifest"
}

# note_started IMAGE
note_started() {
  new_=$(scratch)
  printf '%s\n' "$1" >"$new_"
  mv -f -- "$new_" "$(started_file)"
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

# holds_nocodb: is there a NocoDB in the database? That nobody can tell is no no.
holds_nocodb() {
  said=$(look_for_nocodb 2>&1) || fail "PostgreSQL in container $database_container does not answer for database $database, so nothing was changed: $(last_words_of_it). Start it and try again."
  [ "$said" = t ]
}

look_for_nocodb() {
  there_=$(echo "SELECT count(*) FROM pg_database WHERE datname = :'database'" | sql "$database_container" "$superuser" -v database="$database") || return
  [ "$there_" = 0 ] || echo "SELECT to_regclass('public.nc_users_v2') IS NOT NULL" | in_database
}

# super_admin: the email of NocoDB's super admin; empty where there is none
super_admin() {
  echo "SELECT email FROM nc_users_v2 WHERE 'super' = ANY (string_to_array(roles, ',')) LIMIT 1" | in_database 2>/dev/null || true
}

# key_print: a salted fingerprint of the key that encrypts credentials in the database; `none`, or `unknown` without an env file
key_print() {
  [ -f "${env_file-}" ] || { printf unknown && return; }
  secret_key=$(env_value "$env_file" NC_CONNECTION_ENCRYPT_KEY)
  [ -n "$secret_key" ] || { printf none && return; }
  salt_=$(new_salt)
  printf '%s:%s' "$salt_" "$(printf '%s' "$secret_key" | fingerprint "$salt_")"
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
  [ ! -d "$backups" ] || find "$backups/" -mindepth 2 -maxdepth 2 -name about -printf '%h\n' | sed 's#.*/##' | sort -r
}

# settled_backups: those of a version that served, the newest first; neither what an upgrade that failed left, nor what a
# restore set aside
settled_backups() {
  for each_ in $(all_backups); do
    case $(about "$each_" reason) in "before "*" was restored") continue ;; esac
    [ -n "$(about "$each_" touched)" ] || printf '%s\n' "$each_"
  done
}

# A version migrates its database when it starts, and nothing takes that back but a backup. So none starts on a database
# that another image has served (or one that nobody knows), unless there is a backup from just before.
# ensure_backup_before IMAGE [serving]: while the old one serves, that backup also counts only if no more rows were written since
ensure_backup_before() {
  { [ -n "${backups-}" ] && holds_nocodb; } || return 0
  id_=$(docker image inspect -f '{{.Id}}' -- "$1" 2>/dev/null) || id_=
  [ "$(served image) $(served id)" != "$1 $id_" ] || return 0
  newest_=$(all_backups | head -n 1)
  if [ -n "$newest_" ] && [ "$(about "$newest_" image) $(about "$newest_" next)" = "$(served image) $1" ] &&
    [ "$(about "$newest_" made)" -gt "$(($(date +%s) - FRESH))" ] &&
    { [ -z "${2-}" ] || [ -f "$(started_file)" ] || [ "$(about "$newest_" activity)" = "$(activity)" ]; }; then
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
  lock_backups
  image_=$(served image)
  name_backup
  # What a run that was killed has left.
  rm -rf -- "$backups"/.unfinished.??????
  sweep_restore
  unfinished=$(mktemp -d -- "$backups/.unfinished.XXXXXX")
  # Before the dump: it holds nothing of what is written while it is made.
  activity_=$(activity 2>/dev/null) || activity_="0 0 0"
  said=$(dump_database 2>&1) || backup_failed "pg_dump of database $database: $(last_words_of_it)"
  said=$(read_back 2>&1) || backup_failed "the dump of database $database cannot be read back: $(last_words_of_it)"
  said=$(pack_data 2>&1) || backup_failed "$data_directory could not be packed: $(last_words_of_it)"
  {
    printf 'reason=%s\nimage=%s\nnext=%s\nmade=%s\n' "$1" "$image_" "${2-}" "$(date +%s)"
    printf 'database=%s\nrole=%s\nactivity=%s\n' "$database" "$role" "$activity_"
    printf 'touched=%s\n' "$(cat -- "$(started_file)" 2>/dev/null)"
    printf 'admin=%s\nconnection_key=%s\n' "$(super_admin)" "$(key_print)"
    for each_ in database.dump data.tar; do printf '%s=%s\n' "$each_" "$(sum_of "$unfinished/$each_")"; done
  } >"$unfinished/about" || backup_failed "it could not be written to disk"
  grep -q '^data.tar=.' "$unfinished/about" || backup_failed "it could not be written to disk"
  sync -- "$unfinished"/* || backup_failed "it could not be written to disk"
  mv -T -- "$unfinished" "$backups/$backup"
  prune_backups
}

# restore_databases: those that exist for the time of a restore, the one made from the backup first. PostgreSQL would cut
# longer names at 63 bytes.
restore_databases() {
  printf 'cdktf_restoring_%.40s\ncdktf_replaced_%.40s\n' "$database" "$database"
}

# What a restore that was killed before its exchange has left beside database and files. Not while one is at work.
sweep_restore() {
  if [ -n "${fresh-}" ] || [ -f "$backups/.restoring" ]; then return; fi
  rm -rf -- "$data_directory/.restoring" "$data_directory/.replaced"
  restore_databases | sed 's/.*/DROP DATABASE IF EXISTS "&" WITH (FORCE);/' |
    sql "$database_container" "$superuser" >/dev/null 2>&1 || true
}

# name_backup: no two of one second have the same name
name_backup() {
  while :; do
    backup=$(date -u +%Y-%m-%dT%H%M%SZ)-$(version_of "${image_:-unknown}")
    [ -e "$backups/$backup" ] || return 0
    sleep 0.3
  done
}

sum_of() {
  sha256sum <"$1" | cut -d ' ' -f 1
}

dump_database() {
  docker exec "$database_container" pg_dump -U "$superuser" --lock-wait-timeout=8s -Fc -d "$database" >"$unfinished/database.dump"
}

read_back() {
  docker exec -i "$database_container" pg_restore --list <"$unfinished/database.dump" >/dev/null
}

# Owners by number: on another host the same name may be another user. 1 is tar's word for a file that changed while it was
# read. Left out is what a restore has beside the data: see restore-backup.sh.
pack_data() {
  tar -C "$data_directory" --numeric-owner --exclude=./.restoring --exclude=./.replaced -cf "$unfinished/data.tar" . || [ $? -eq 1 ]
}

last_words_of_it() {
  printf '%s\n' "$said" | tail -n 2 | paste -s -d ' ' -
}

backup_failed() {
  rm -rf -- "$unfinished"
  free_=$(df -P -h -- "$backups" | awk 'NR == 2 { print $4 " free" }')
  fail "There is no backup ($1; $backups: $free_), so nothing was changed."
}

# All but the newest, the one that is being restored, and the newest that an upgrade which failed could go back to.
prune_backups() {
  settled_=$(settled_backups | head -n 1)
  all_backups | tail -n "+$((keep + 1))" | grep -vxF -e "${chosen-}" -e "$settled_" | while IFS= read -r old_; do rm -rf -- "${backups:?}/$old_"; done
}

# check_backup NAME: it is there, as it was made, and its dump can be read here
check_backup() {
  all_backups | grep -qxF -e "$1" || fail "there is no backup $1 in $backups. There are: $(all_backups | paste -s -d ' ' -)"
  check_about "$1"
  for each_ in database.dump data.tar; do
    was_=$(about "$1" "$each_")
    [ -z "$was_" ] || [ "$was_" = "$(sum_of "$backups/$1/$each_")" ] ||
      fail "$backups/$1/$each_ is not what was written when the backup was made: choose another backup"
  done
  docker exec -i "$database_container" pg_restore --list <"$backups/$1/database.dump" >/dev/null 2>&1 ||
    fail "$backups/$1/database.dump cannot be read: choose another backup"
  tar -tf "$backups/$1/data.tar" >/dev/null 2>&1 || fail "$backups/$1/data.tar cannot be read: choose another backup"
}

# check_about NAME: what was edited by hand must not become an image or a number
check_about() {
  about_is "$1" made '[0-9][0-9]*'
  about_is "$1" image '[A-Za-z0-9._/:@-]*'
  about_is "$1" role '[A-Za-z0-9_-][A-Za-z0-9_-]*'
  about_is "$1" activity '[0-9][0-9]* [0-9][0-9]* [0-9][0-9]*'
}

# about_is BACKUP NAME PATTERN
about_is() {
  about "$1" "$2" | grep -qx -e "$3" ||
    fail "$backups/$1/about is not as it was written: its line $2= says \"$(about "$1" "$2")\". Put it right, or choose another backup"
}

# require_whole_restore BACKUPS ENVIRONMENT: no restore was cut off between database and files
require_whole_restore() {
  [ ! -f "$1/.restoring" ] ||
    unmet "a restore of backup $(cat -- "$1/.restoring") was cut off between database and files: run \`npm run restore -- $2\` again, it ends what it began"
}
