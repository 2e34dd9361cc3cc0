# How each kind of thing that the app keeps on this host is looked at, one function a kind, and all of them.
#
# Expects   manifest; record: the file of the thing's record; for_people: yes tells also what a plan shows as an attribute.
# Changes   nothing. Each function sets difference to what is wrong, in words, and leaves it empty where all is as noted.

difference=

# look_at_all TELL: sets seen to what TELL prints of each thing on record, which it finds in record and difference. The
# requirements are asked for meanwhile, for the sake of time. Where one is unmet it says so and ends, and what could not be
# looked at because of it is left out.
look_at_all() {
  begin_requirements
  ask_requirements &
  asking=$!
  looked=$(see_all "$1" 2>&1)
  wait "$asking" || exit 1
  seen=$(printf '%s\n' "$looked" | sed -n 's/^= //p')
  printf '%s\n' "$looked" | sed '/^= /d; /^?$/d; /^$/d' >&2
  ! printf '%s\n' "$looked" | grep -qxF '?' || exit 1
}

# Each in a process of its own, as most wait for the engine. What is told stands behind `= `; a line `?` is in the place of
# what could not be looked at, beside what was complained of.
see_all() {
  for record in "$manifest"/*; do
    [ -f "$record" ] || continue
    (
      trap 'echo "?"' EXIT
      set -e
      difference=
      look="see_$(noted kind)"
      if command -v "$look" >/dev/null; then "$look"; else difference="record unreadable"; fi
      told=$("$1")
      trap - EXIT
      [ -z "$told" ] || printf '%s\n' "$told" | sed 's/^/= /'
    ) &
  done
  wait
}

see_directory() {
  path=$(noted path)
  if [ ! -d "$path" ]; then difference="directory missing"; else see_rights; fi
}

see_file() {
  path=$(noted path)
  if [ ! -f "$path" ]; then
    difference="file missing"
  elif [ "$(fingerprint "$(noted salt)" <"$path")" != "$(noted print)" ]; then
    difference="file edited"
  else
    see_rights
  fi
}

see_refusal() {
  difference="refused: $(noted reason)"
}

see_rights() {
  mode_=$(printf '%04d' "$(stat -L -c %a -- "$path")")
  owner_=$(stat -L -c %u:%g -- "$path")
  if [ "$owner_" != "$(noted owner)" ]; then
    difference="owner $owner_, not $(noted owner)"
  elif [ "$mode_" != "$(noted mode)" ]; then
    difference="mode $mode_, not $(noted mode)"
  fi
}

# gone CONTAINER: a container that was noted and is no more. That one which is wanted is there is a requirement.
gone() {
  [ "$(state_of "$1")" = missing ] || return 1
  difference="container $1 missing"
}

see_database() {
  role=$(noted role) database=$(noted database)
  gone "$(noted container)" && return
  found=$(database_now) || fail "cannot look at role $role and database $database in container $(noted container)"
  # shellcheck disable=SC2086 # words
  set -- $found
  if [ "$1" = none ]; then
    difference="role $role missing"
  elif [ "$1" != true ]; then
    difference="role $role may not log in"
  elif [ "$2" = /none ]; then
    difference="database $database missing"
  elif [ "$2" != "$role" ]; then
    difference="database $database owned by $2, not $role"
  elif [ "$(printf '%s' "$3" | fingerprint "$(noted salt)")" != "$(noted print)" ]; then
    difference="password of role $role changed"
  elif [ "$4" != none ]; then
    difference="role $role with rights over what is not its own: $4"
  elif [ "$5" != none ]; then
    difference="role $role with settings that lead it elsewhere: $5"
  elif [ "$6" != true ]; then
    difference="database $database lets no connection of role $role in"
  elif [ "${7:-true}" != true ]; then
    difference="schema public of database $database lets role $role make nothing in it"
  elif [ "${8:-0}" != 0 ]; then
    difference="$8 tables of NocoDB in database $database not owned by role $role"
  fi
}

# database_now: whether the role may sign in, the database's owner, the password's verifier, the role's rights over
# what is not its own, its settings with which it finds or changes nothing, whether connections are let in; and, where there is such a database, whether the role may make tables
# in it, and how many of NocoDB's tables are another's
database_now() {
  sql "$(noted container)" "$(noted superuser)" -F ' ' -v role="$role" -v database="$database" <<'SQL'
SELECT coalesce((SELECT rolcanlogin AND coalesce(rolvaliduntil > now(), true) FROM pg_authid WHERE rolname = :'role')::text, 'none'),
       coalesce((SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :'database'), '/none'),
       coalesce((SELECT rolpassword FROM pg_authid WHERE rolname = :'role'), 'none'),
       coalesce((SELECT concat_ws(',', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
                                       CASE WHEN rolbypassrls THEN 'BYPASSRLS' END)
                   FROM pg_authid WHERE rolname = :'role' AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)), 'none'),
       coalesce((SELECT string_agg(DISTINCT split_part(setting, '=', 1), ',') FROM pg_db_role_setting, unnest(setconfig) setting, pg_roles role
                  WHERE setrole = role.oid AND rolname = :'role' AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = :'database'))
                    AND setting ~ '^(search_path|role|default_transaction_read_only)=' AND setting !~* '^(default.*=(off|false|f|no|n|0)|search_path=("\$user", ?)?public)$'), 'none'),
       ((SELECT coalesce(bool_and(datallowconn AND datconnlimit <> 0), true) FROM pg_database WHERE datname = :'database')
         AND (SELECT coalesce(bool_and(rolconnlimit <> 0 AND has_database_privilege(role.oid, base.oid, 'CONNECT')), true)
                FROM pg_authid role, pg_database base WHERE rolname = :'role' AND datname = :'database'))::text;
SELECT EXISTS (SELECT FROM pg_database WHERE datname = :'database' AND datallowconn) AS reachable \gset
\if :reachable
\connect :"database"
SELECT coalesce(bool_and(has_schema_privilege(role.oid, space.oid, 'USAGE') AND has_schema_privilege(role.oid, space.oid, 'CREATE')), true)::text
  FROM pg_authid role, pg_namespace space WHERE rolname = :'role' AND nspname = 'public';
SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(nc|xc)_' AND tableowner <> :'role';
\endif
SQL
}

see_site() {
  caddy=$(noted caddy) caddyfile=$(noted caddyfile) sites_directory=$(noted sites_directory) site=$(noted site)
  gone "$caddy" && return
  if [ -d "$manifest/.writing" ]; then
    difference="site half written"
    return
  fi
  if [ ! -f "$caddyfile" ]; then
    difference="Caddyfile missing"
    return
  fi
  if ! now=$(site_now && printf x); then exit 1; fi
  now=${now%x}
  if [ -z "$now" ]; then
    difference="site missing"
  elif [ "$(printf '%s' "$now" | fingerprint "$(noted salt)")" != "$(noted print)" ]; then
    difference="site edited"
  elif ! seen_fresh "$caddyfile"; then
    difference="Caddyfile replaced by rename, container $caddy sees an older one"
  fi
}

see_claim() {
  [ "$(claimed state)" = "$(noted state)" ] || difference="the mark of its state is gone or another"
}

see_schedule() {
  unit=$(noted unit)
  for path in $(schedule_files); do
    if [ ! -f "$path" ]; then
      difference="$path missing"
    elif [ "$(fingerprint "$(noted salt)" <"$path")" != "$(sed -n "s#^$path=##p" "$record")" ]; then
      difference="$path edited"
    fi
    [ -z "$difference" ] || return 0
  done
  additions=$(schedule_additions)
  if [ "$(stat -c %a:%u -- "$(schedule_program)")" != 700:0 ]; then
    difference="$(schedule_program) is not root's alone"
  elif [ -n "$additions" ]; then
    difference="$additions added"
  elif ! systemctl --quiet is-enabled "$unit.timer" 2>/dev/null; then
    difference="timer $unit disabled"
  elif ! systemctl --quiet is-active "$unit.timer"; then
    difference="timer $unit stopped"
  fi
}

# For verify alone: a deploy cannot put it right, so it must not stand in every plan.
see_last_backup() {
  unit=$(noted unit) backups=$(noted backups) period=$(period_of "$(noted schedule)") newest=$(all_backups | head -n 1)
  last=$(noted since)
  [ -z "$newest" ] || last=$(about "$newest" made)
  if [ "$(systemctl show -P Result "$unit.service")" != success ]; then
    late="the last run of $unit failed"
  elif [ "$period" -gt 0 ] && [ "$last" -lt "$(($(date +%s) - 2 * period))" ]; then
    late="no backup since $(date -u -d "@$last" '+%Y-%m-%d %H:%M UTC'), and they are to be made $(noted schedule)"
  fi
  [ -z "$late" ] || late="$late: \`journalctl -u $unit\` on the host says why"
}

# What the docker provider never reads back, or reads and cannot put right (see container_shape); for people also what it
# tells and puts right.
see_container() {
  now=$(container_shape "$(noted name)") || now=
  was=$(noted shape)
  if [ "${for_people-}" = yes ] && [ -n "$now" ] && [ -n "$(noted limit)" ]; then
    now="$now
$(container_limits "$(noted name)")"
    was="$was
$(noted limit)"
  fi
  if [ -z "$now" ]; then
    difference="container missing"
  elif [ "$now" != "$was" ]; then
    new=$(printf '%s\n' "$now" | grep -vxF -e "$was" | paste -s -d , -) || true
    gone=$(printf '%s\n' "$was" | grep -vxF -e "$now" | paste -s -d , -) || true
    difference="container has ${new:-nothing new}, no more ${gone:-nothing}"
  fi
}

see_service() {
  state_=$(state_of "$(noted name)")
  if [ "$state_" != running ]; then
    difference="container $state_"
  elif [ "$(starts_of "$(noted name)")" != "$(noted restarts)" ]; then
    difference="container started again $(starts_of "$(noted name)") times on its own"
  elif ! serves "$(noted database_url)" 8; then
    difference="container runs and cannot use its database"
    serves "$(noted url)" 2 || difference="container runs and does not answer"
  fi
}

# serves URL SECONDS: asked within the container; where there is no URL, it does. One that is busy answers late.
serves() {
  [ -z "$1" ] || docker exec "$(noted name)" wget -q -t 1 -T "$2" -O /dev/null "$1" 2>/dev/null
}

# A run of ensure-consumers.sh that was cut off.
see_unfinished() {
  difference="consumers half done"
}

see_consumers() {
  service=$(noted service) port=$(noted port) env_file=$(noted env_file) consumers=$(was_wanted)
  faults=
  # One that does not run, or answer, is seen elsewhere.
  patience=5
  if [ "$(state_of "$service")" = running ] && open_api; then asks=yes; else asks=no; fi
  [ "$asks" = no ] || [ "$invite_only" = true ] || fault "sign-up open to everybody"
  for name in $(names); do see_consumer; done
  difference=${faults#, }
}

fault() {
  faults="$faults, $1"
}

see_consumer() {
  file=$(wanted "$name" env_file) keeps=$(wanted "$name" keeps) container=$(wanted "$name" container)
  lines=$(lines_in "$file" "$keeps" "$name" && printf x)
  lines=${lines%x}
  if [ ! -f "$file" ]; then
    fault "$file of $name missing"
  elif [ -z "$lines" ]; then
    fault "lines of $name missing in $file"
  elif [ "$(printf '%s' "$lines" | fingerprint "$(left "$name" salt)")" != "$(left "$name" print)" ]; then
    fault "lines of $name edited in $file"
  elif [ "$keeps" = file ] && [ "$(stat -L -c %a -- "$file")" != 600 ]; then
    fault "mode of $file not 0600"
  elif [ "$asks" = yes ]; then
    see_rights_of "$(printf '%s' "$lines" | token_of)"
  fi
  if [ -n "$(wanted "$name" recreate)" ] && [ "$(state_of "$container")" != missing ]; then
    container_has "$container" <<LINES || fault "container $container without the lines of $name"
${lines%"$newline"}
LINES
  fi
}

see_rights_of() {
  holder_of "$1"
  role=$(wanted "$name" role)
  if [ -z "$holder" ]; then
    fault "token of $name refused"
  elif [ "$role" != super-admin ] && [ "$holder $holder_role" != "$(email_of "$name") $role" ]; then
    fault "token of $name is that of $holder, $holder_role"
  fi
}

# A host at rest is looked at: not while a script changes it, such as one whose command was killed.
wait_for_rest() {
  [ -f "$(lock_file)" ] || return 0
  exec 8<"$(lock_file)"
  flock -s -w 12 8 || at_work 12
}
