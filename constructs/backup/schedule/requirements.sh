# Requirements of scheduled backups. See remote-host/require.sh.
#
# Changes   nothing.
# Needs     remote-host/require.sh

# require_schedule EXPRESSION...: the host runs systemd, which understands the expression
require_schedule() {
  if [ ! -d /run/systemd/system ]; then
    unmet "backups.schedule needs systemd, and the host does not run it: remove the setting from the environment file, and run \`npx nocodb-host backup create\` from another scheduler"
    return 0
  fi
  for each_ in /usr/local/sbin /etc/systemd/system; do
    there_=$each_
    while [ ! -d "$there_" ]; do there_=${there_%/*}; done
    [ -w "$there_" ] ||
      unmet "backups.schedule needs a program in /usr/local/sbin and units in /etc/systemd/system, and $there_ is read-only on the host: remove the setting from the environment file, and run \`npx nocodb-host backup create\` from another scheduler"
  done
  output=$(systemd-analyze calendar -- "$*" 2>&1) ||
    unmet "backups.schedule: systemd on the host does not understand \"$*\" ($(printf '%s' "$output" | tail -n 1)): write it as in systemd.time(7), such as daily or Mon..Fri 03:00"
}
