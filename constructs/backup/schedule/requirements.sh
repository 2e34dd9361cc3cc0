# Requirements of scheduled backups, and of scheduled tests of them. See remote-host/require.sh.
#
# Changes   nothing.
# Needs     remote-host/require.sh

# require_schedule SETTING VERB EXPRESSION...: the host runs systemd, which understands the expression. SETTING is its path
# in the environment file, and VERB does the same by hand.
require_schedule() {
  setting_=$1 verb_=$2
  shift 2
  if [ ! -d /run/systemd/system ]; then
    unmet "$setting_ needs systemd, and the host does not run it: remove the setting from the environment file, and run \`npx nocodb-host backup $verb_\` from another scheduler"
    return 0
  fi
  for each_ in /usr/local/sbin /etc/systemd/system; do
    there_=$each_
    while [ ! -d "$there_" ]; do there_=${there_%/*}; done
    [ -w "$there_" ] ||
      unmet "$setting_ needs a program in /usr/local/sbin and units in /etc/systemd/system, and $there_ is read-only on the host: remove the setting from the environment file, and run \`npx nocodb-host backup $verb_\` from another scheduler"
  done
  output=$(systemd-analyze calendar -- "$*" 2>&1) ||
    unmet "$setting_: systemd on the host does not understand \"$*\" ($(printf '%s' "$output" | tail -n 1)): write it as in systemd.time(7), such as daily or Mon..Fri 03:00"
}
