# The look of observe.sh for people, without Terraform.
#
# Expects   manifest.
# Changes   nothing. May run twice.
# Prints    what is not as the last deploy left it, one a line, and fails with 2; or that all is. With an unmet requirement,
#           or where it cannot look, it prints the reasons and fails with 1.

# For people: what is not as it was left, one a line.
tell() {
  records=$(find "$manifest" -type f -not -name '.*' 2>/dev/null | wc -l)
  [ "$records" -gt 0 ] || fail "nothing is on record in $manifest: deploy first"
  seen_all=$(see_all_at_once | sort)
  case "$newline$seen_all$newline" in *"$newline?$newline"*) exit 1 ;; esac
  late=$(printf '%s\n' "$seen_all" | sed -n 's/^late: //p')
  drifted=$(printf '%s\n' "$seen_all" | sed '/^late: /d')
  [ -z "$late" ] || printf '%s\n' "$late"
  if [ -n "$drifted" ]; then
    printf '%s\n' "$drifted"
    echo "not as it was left: a deploy puts it back"
  fi
  [ -z "$late$drifted" ] || exit 2
  echo "$records things are as they were left"
}

# One line for each thing that is not as it was left, a line `late: …` for a backup that should have been made, and a line `?`
# for each thing that could not be looked at.
see_all_at_once() {
  for record in "$manifest"/*; do
    (
      trap 'echo "?"' EXIT
      difference="" late=""
      "see_$(noted kind)"
      [ "$(noted kind)" != schedule ] || see_last_backup
      trap - EXIT
      [ -z "$difference" ] || printf '%s: %s\n' "${record##*/}" "$difference"
      [ -z "$late" ] || printf 'late: %s\n' "$late"
    ) &
  done
  wait
}

# The requirements are those of the last deploy. They are asked for while the look is under way, for the sake of time, and what
# could not be looked at because of them is left out.
main() {
  for_people=yes
  wait_for_rest
  requirements=$(sed 1d "$manifest/.requirements" 2>/dev/null) || requirements=docker
  begin_requirements
  ask_requirements &
  asking=$!
  set +e
  told=$(set -e && tell 2>&1)
  status=$?
  set -e
  wait "$asking" || exit 1
  printf '%s\n' "$told"
  exit "$status"
}

main </dev/null
