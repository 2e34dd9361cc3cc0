# Whether the host differs from what the last deploy left there.
#
# Expects   what alerts/check.sh expects; $now: seconds since 1970; $held: what is at work on this host, if anything is.
# Changes   nothing.
# Needs     alerts/findings.sh remote-host/drift.sh **/drift.sh **/requirements.sh

# is_drift_due: every hour, every five minutes while there is drift, and when two minutes have passed since a deploy
is_drift_due() {
  last_=$(state_value drift_checked) every_=3600
  ! is_problem drift || every_=300
  [ -n "$last_" ] && [ "$((now - last_))" -lt "$every_" ] || return 0
  changed_=$(stat -c %Y -- "$records")
  [ "$changed_" -gt "$last_" ] && [ "$((now - changed_))" -ge 120 ]
}

# print_finding: prints the drift of the record in $record, but for what the other checks find
print_finding() {
  case $(record_value kind):$drift in
    *: | service:*"old secrets"*) ;;
    service:* | container:"container missing") return 0 ;;
  esac
  [ -z "$drift" ] || finding "drift:${record##*/}" problem "${record##*/}: $drift" "$deploy, which corrects it"
}

watch_drift() {
  [ -z "$held" ] && is_drift_due || exit 0
  printf 'set\tdrift_checked\t%s\n' "$now"
  for_people=yes
  requirements=$(sed 1d "$records/.requirements" 2>/dev/null) || requirements=docker
  # In the background, because a shell ignores errors in what it tests.
  (
    detect_drift print_finding
    printf '%s\n' "$found"
  ) >"$alerts/.drift" 2>&1 &
  if wait "$!"; then
    sed -n '/^finding/p' "$alerts/.drift"
    figure cdktf_service_drift "$(grep -c '^finding' "$alerts/.drift" || true)"
  else
    finding drift problem "drift cannot be checked: $(cat -- "$alerts/.drift")" "correct that, and $deploy"
    exit 0
  fi
}
