# The status of a service's backups. See remote-host/status.sh.
#
# Expects   $environment.
# Changes   nothing.
# Needs     remote-host/status.sh backup/lib.sh backup/schedule/drift.sh backup/restore-test.sh

# status_backups DIRECTORY UNIT SERVICE: there is one, none is overdue, and the last restore test did not fail
status_backups() {
  backups=$1 service=$3
  [ -d "$records" ] || {
    unknown="nothing is deployed yet"
    return 0
  }
  newest=$(all_backups | head -n 1)
  late=
  for record in $(records_of schedule unit "$2"); do check_last_backup; done
  tested_=$(last_restore_test)
  if [ -n "$late" ]; then
    wrong=${late%%: \`*} fix="journalctl -u $2, on the host, says why"
  elif [ -z "$newest" ] && [ -z "$(records_of schedule unit "$2")" ]; then
    wrong="there is no backup in $backups" fix="npx nocodb-host backup create $environment"
  else
    case $tested_ in *" failed "*) wrong="the last restore test failed: $tested_" fix="npx nocodb-host backup create $environment, then npx nocodb-host backup verify $environment" ;; esac
  fi
  if [ -n "$newest" ]; then
    fact="newest made $(time_since "$(metadata_of "$newest" made)") ago ($(metadata_of "$newest" reason)), $(du -sh -- "$backups/$newest" | cut -f 1); $(all_backups | wc -l) in $backups; "
  else
    fact="none yet; "
  fi
  fact="$fact${tested_:+restore test }${tested_:-no restore test was done}"
}
