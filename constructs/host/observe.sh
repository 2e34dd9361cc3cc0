# Looks at everything the app keeps on this host, at plan time. See docs/design.md, "One probe".
#
# Expects   manifest; requirements: what must be there before anything is changed, one a line (see require_all).
#           verify: yes prints for people instead, and fails with 2 where something is not as it was left.
# Changes   nothing. May run twice.
# Prints    one JSON object: for each record of the manifest the word that was noted where the host is as it was left,
#           and where it is not, another word that says what is wrong; `unrecorded` is the word for all that has no
#           record. With an unmet requirement, or where it cannot look, it prints the reasons on standard error and
#           fails: that is trouble, not drift.

difference=

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
  docker inspect -- "$1" >/dev/null 2>&1 && return 1
  difference="container $1 missing"
}

see_database() {
  role=$(noted role) database=$(noted database)
  gone "$(noted container)" && return
  found=$(sql "$(noted container)" "$(noted superuser)" -F ' ' -v role="$role" -v database="$database" <<'SQL'
SELECT coalesce((SELECT rolcanlogin AND coalesce(rolvaliduntil > now(), true) FROM pg_authid WHERE rolname = :'role')::text, 'none'),
       coalesce((SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :'database'), '/none'),
       coalesce((SELECT rolpassword FROM pg_authid WHERE rolname = :'role'), 'none');
SQL
  ) || fail "cannot look at role $role and database $database in container $(noted container)"
  # shellcheck disable=SC2086 # three words
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
  fi
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

# What the docker provider never reads back, or reads and cannot put right (see container_shape).
see_container() {
  now=$(container_shape "$(noted name)") || now=
  was=$(sed -n 's/^shape=//p' "$record")
  if [ -z "$now" ]; then
    difference="container missing"
  elif [ "$now" != "$was" ]; then
    new=$(printf '%s\n' "$now" | grep -vxF -e "$was" | paste -s -d , -) || true
    gone=$(printf '%s\n' "$was" | grep -vxF -e "$now" | paste -s -d , -) || true
    difference="container has ${new:-nothing new}, no more ${gone:-nothing}"
  fi
}

see_service() {
  # shellcheck disable=SC2046 # two words
  set -- $(docker inspect -f '{{.State.Status}} {{.RestartCount}}' -- "$(noted name)" 2>/dev/null || echo missing 0)
  if [ "$1" != running ]; then
    difference="container $1"
  elif [ "$2" != "$(noted restarts)" ]; then
    difference="container started again $2 times on its own"
  fi
}

# A run of ensure-consumers.sh that was cut off.
see_unfinished() {
  difference="consumers half done"
}

see_consumers() {
  service=$(noted service) port=$(noted port) env_file=$(noted env_file) consumers=$(was_wanted)
  faults=
  # One that does not answer is seen elsewhere.
  patience=5
  if open_api; then asks=yes; else asks=no; fi
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
  if [ -n "$(wanted "$name" recreate)" ] && docker inspect -- "$container" >/dev/null 2>&1; then
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

look() {
  # For what has no record: a word that no state holds, so that lost records are seen like any other loss.
  printf '{"unrecorded":"not on record, %s"' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  for record in "$manifest"/*; do
    [ -f "$record" ] || continue
    difference=
    "see_$(noted kind)"
    word=$(noted word)
    if [ -n "$difference" ]; then
      # The state may hold the same words from the last time: the plan shows only what differs.
      [ "$difference" != "$word" ] || difference="$difference, again"
      word=$difference
    fi
    printf ',"%s":"%s"' "${record##*/}" "$(printf '%s' "$word" | sed 's/[\\"]/\\&/g')"
  done
  printf '}\n'
}

# For people: what is not as it was left, one a line.
tell() {
  records=0
  for record in "$manifest"/*; do
    [ -f "$record" ] || continue
    records=$((records + 1)) difference=
    "see_$(noted kind)"
    [ -z "$difference" ] || drifted="$drifted${record##*/}: $difference
"
    [ "$(noted kind)" != schedule ] || see_last_backup
  done
  [ "$records" -gt 0 ] || fail "nothing is on record in $manifest: deploy first"
  [ -z "$late" ] || printf '%s\n' "$late"
  if [ -n "$drifted" ]; then
    printf '%s' "$drifted"
    echo "not as it was left: a deploy puts it back"
  fi
  [ -z "$late$drifted" ] || exit 2
  echo "$records things are as they were left"
}

# A host at rest is looked at: not while a script changes it, such as one whose command was killed.
wait_for_rest() {
  [ -f "$(lock_file)" ] || return 0
  exec 8<"$(lock_file)"
  flock -s -w 12 8 || at_work 12
}

main() {
  wait_for_rest
  require_all
  drifted="" late=""
  if [ "${verify-}" = yes ]; then tell; else look; fi
}

main </dev/null
