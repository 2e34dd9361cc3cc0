# Reports the status of everything that the environment file promises.
#
# Expects   $promises, $environment: see remote-host/status.sh; [$seconds]: after which what has not been found out is
#           unknown, 25 by default.
# Changes   nothing. May run twice.
# Prints    one line for each promise, in their order: `ok`, `wrong` or `unknown`, what is there or the reason, and what to
#           do, separated by the character 31. Nothing that is wrong on the host makes it fail.
# Needs     remote-host/status.sh remote-host/require.sh **/status.sh **/drift.sh **/requirements.sh

# end_row: writes the line of the promise $row
end_row() {
  if [ -z "$looked" ]; then unknown=$(sed '/^$/d' "$rows/.$row.errors" | tail -n 1); fi
  if [ -z "$looked" ] && [ -z "$unknown" ]; then unknown="the check ended without a reason"; fi
  if [ -n "$wrong" ]; then
    line_="wrong$field_end$wrong$field_end${fix:-deploy}"
  elif [ -n "$unknown" ]; then
    line_="unknown$field_end$unknown$field_end$fix"
  else
    line_="ok$field_end$fact$field_end"
  fi
  printf '%s' "$line_" | tr '\n\r\t' '   ' >"$rows/.$row.row"
  mv -f -- "$rows/.$row.row" "$rows/$row"
}

# look WHAT ARGUMENTS: looks at the promise $row
look() {
  looked='' fact='' wrong='' fix='' unknown=''
  trap end_row EXIT
  set -e
  what=$1
  # A schedule contains wildcards.
  set -f
  # shellcheck disable=SC2086 # names and paths without blanks
  set -- $2
  set +f
  if [ "$what" != docker ] && [ -z "$answers" ]; then
    unknown="Docker does not answer"
  else
    "status_$what" "$@"
  fi
  looked=yes
}

# find_obstacles: writes what would make the next deploy stop before it changes anything, as far as the last one has
# recorded its requirements. A row that a deploy would put right gets that as its fix first.
find_obstacles() {
  requirements=$(sed 1d -- "$records/.requirements" 2>/dev/null) || requirements=
  [ -z "$requirements" ] || requirements_hold "$rows/.unmet" || true
  sed -n 's/^- //p' "$rows/.unmet" 2>/dev/null | awk '{ printf "%s%s", (NR > 1 ? "; " : ""), $0 }' >"$rows/.obstacles.new"
  mv -f -- "$rows/.obstacles.new" "$rows/.obstacles"
}

# print_row NUMBER: prints the line of a row. What prevents a deploy is told once.
print_row() {
  line_=$(cat -- "$rows/$1")
  case $line_ in
    *"${field_end}deploy") ;;
    *)
      printf '%s' "$line_"
      return
      ;;
  esac
  until [ -f "$rows/.obstacles" ] || [ "$(date +%s)" -ge "$deadline" ]; do sleep 0.1; done
  obstacles=$(cat -- "$rows/.obstacles" 2>/dev/null) || obstacles=
  remedy="npx cdktf deploy $environment"
  if [ -n "$obstacles" ]; then
    if [ -z "$told" ]; then remedy="a deploy stops before it changes anything: $obstacles"; else remedy="$remedy, after the above"; fi
    told=yes
  fi
  printf '%s%s' "${line_%deploy}" "$remedy"
}

# print_rows: prints the lines as soon as they are there, until the time is over
print_rows() {
  told=
  for each in $(seq 1 "$row"); do
    until [ -f "$rows/$each" ]; do
      [ "$(date +%s)" -lt "$deadline" ] || break
      sleep 0.1
    done
    if [ -f "$rows/$each" ]; then print_row "$each"; else printf 'unknown%snot found out within %s s%s' "$field_end" "${seconds:-25}" "$field_end"; fi
    echo
  done
}

# Everything is looked at at once, because most of it waits for the engine or for a container. Files are on /run, which
# a full disk does not fill.
main() {
  for_people=yes
  deadline=$(($(date +%s) + ${seconds:-25}))
  rows=$(mktemp -d /run/status.XXXXXX 2>/dev/null || mktemp -d) || fail "no temporary directory can be made on the host"
  trap 'rm -rf -- "$rows"' EXIT
  TMPDIR=$rows
  export TMPDIR
  answers=yes
  read_engine || answers=
  if [ -n "$answers" ]; then find_obstacles >/dev/null 2>&1 & else : >"$rows/.obstacles"; fi
  row=0 pids=${answers:+$!}
  while read -r what arguments; do
    row=$((row + 1))
    look "$what" "$arguments" >/dev/null 2>"$rows/.$row.errors" &
    pids="$pids $!"
  done <<LIST
$promises
LIST
  print_rows
  # shellcheck disable=SC2086 # numbers
  kill $pids 2>/dev/null || true
}

main </dev/null
