# Removes the alerts of a service.
#
# Expects   $key: the record of the alerts; $unit; $alerts: the directory of their files; $keep_address: yes keeps the
#           secret address of the webhook.
# Changes   stops and removes timer, service, program, files, exported figures and record. A check that is running is
#           finished. May run twice.
# Prints    nothing.
# Needs     backup/schedule/lib.sh remote-host/record.sh

main() {
  lock_host "the removal of the alerts"
  textfile=$(sed -n 's/^textfile=//p' "$records/$key" 2>/dev/null) || textfile=
  remove_timer
  rm -f -- "/run/$(printf '%s' "${alerts#/}" | tr / -).full"
  [ -z "$textfile" ] || rm -f -- "$textfile"
  if [ "$keep_address" = yes ] && [ -f "$alerts/values" ]; then
    find "$alerts" -mindepth 1 -maxdepth 1 -not -name values -exec rm -rf -- {} +
  else
    rm -rf -- "$alerts"
  fi
}

main </dev/null
