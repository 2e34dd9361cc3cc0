# The look of observe.sh for people, without Terraform.
#
# Expects   manifest.
# Changes   nothing. May run twice.
# Prints    what is not as the last deploy left it, one a line, and fails with 2; or that all is. With an unmet requirement,
#           or where it cannot look, it prints the reasons and fails with 1.

# What is not as it was left, and a line `late: …` for a backup that should have been made.
tell() {
  late=
  [ -z "$difference" ] || printf '%s: %s\n' "${record##*/}" "$difference"
  [ "$(noted kind)" != schedule ] || see_last_backup
  [ -z "$late" ] || printf 'late: %s\n' "$late"
}

# The requirements are those of the last deploy.
main() {
  for_people=yes
  wait_for_rest
  requirements=$(sed 1d "$manifest/.requirements" 2>/dev/null) || requirements=docker
  records=$(find "$manifest" -type f -not -name '.*' 2>/dev/null | wc -l)
  look_at_all tell
  [ "$records" -gt 0 ] || fail "nothing is on record in $manifest: deploy first"
  if [ -z "$seen" ]; then
    echo "$records things are as they were left"
    return
  fi
  printf '%s\n' "$seen" | sed -n 's/^late: //p'
  drifted=$(printf '%s\n' "$seen" | sed '/^late: /d' | sort)
  [ -z "$drifted" ] || printf '%s\n' "$drifted" "not as it was left: a deploy puts it back"
  exit 2
}

main </dev/null
