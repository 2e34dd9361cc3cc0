# What alerts check, one watch_* function for each kind of cause.
#
# Expects   what alerts/check.sh expects; $now: seconds since 1970; $held: what is at work on this host, if anything is.
# Changes   nothing.
# Needs     alerts/watch-service.sh alerts/watch-disk.sh alerts/watch-site.sh alerts/watch-backup.sh alerts/watch-drift.sh

# The kinds of causes.
KINDS="health restarts memory disk site backup backup_age drift"

# all_findings: prints the lines of all checks, which run at once, and a line `done KIND` for each that could tell
all_findings() {
  for kind_ in $KINDS; do
    (
      set -e
      "watch_$kind_"
      printf 'done\t%s\n' "$kind_"
    ) &
  done
  wait
}
