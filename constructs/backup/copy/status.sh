# The status of the copies of a service's backups. See remote-host/status.sh.
#
# Expects   $environment, $records.
# Changes   nothing.
# Needs     remote-host/status.sh backup/lib.sh backup/copy/lib.sh

# status_copies DIRECTORY SERVICE DAYS REPOSITORY: the newest backup in DIRECTORY is copied
status_copies() {
  backups=$1 service=$2
  copied_=$(last_copy)
  newest=$(all_backups | head -n 1)
  fix="npx nocodb-host backup copy $environment"
  case $copied_ in
    *" failed "*) wrong="the last copy failed: $copied_" ;;
    *" ${newest:--} "*) ;;
    *) [ -z "$newest" ] || wrong="the newest backup, $newest, is not copied to $4" ;;
  esac
  fact="to $4, kept for $3 days; ${copied_:-none yet}"
}
