# The status of a service's backups. See remote-host/status.sh.
#
# Expects   $environment.
# Changes   nothing.
# Needs     remote-host/status.sh backup/lib.sh backup/schedule/drift.sh

# status_backups DIRECTORY UNIT SERVICE: there is one, none is overdue, and the last restore test passed
status_backups() {
  backups=$1
  newest=$(all_backups | head -n 1)
  late=
  for record in $(records_of schedule unit "$2"); do check_last_backup; done
  tested_=$(restore_test "$3")
  if [ -n "$late" ]; then
    wrong=${late%%: \`*} fix="journalctl -u $2, on the host, says why"
  elif [ -z "$newest" ] && [ -z "$(records_of schedule unit "$2")" ]; then
    wrong="there is no backup in $backups" fix="npx nocodb-host backup create $environment"
  else
    case $tested_ in *" failed "* | *" failed") wrong="the last restore test failed: $tested_" fix="npx nocodb-host backup create $environment, then test that one" ;; esac
  fi
  if [ -n "$newest" ]; then
    fact="newest made $(time_since "$(metadata_of "$newest" made)") ago ($(metadata_of "$newest" reason)), $(du -sh -- "$backups/$newest" | cut -f 1); $(all_backups | wc -l) in $backups; "
  else
    fact="none yet; "
  fi
  fact="$fact${tested_:-no restore test was done}"
}

# restore_test SERVICE: prints the time of the last test, the backup, `passed` or `failed`, and words; nothing without one
restore_test() {
  sed -n 's/^restore-test=//p' "$records/.restore-test-$1" 2>/dev/null || true
}
