# Requirements of scheduled backups, and of scheduled tests of them. See remote-host/require.sh.
#
# Changes   nothing.
# Needs     remote-host/require.sh

# runs_timers SETTING REMEDY: the host runs systemd, and a timer can be added to it
runs_timers() {
  if [ ! -d /run/systemd/system ]; then
    unmet "$1 needs systemd, and the host does not run it: $2"
    return 1
  fi
  for each_ in /usr/local/sbin /etc/systemd/system; do
    there_=$each_
    while [ ! -d "$there_" ]; do there_=${there_%/*}; done
    [ -w "$there_" ] ||
      unmet "$1 needs a program in /usr/local/sbin and units in /etc/systemd/system, and $there_ is read-only on the host: $2"
  done
}

# require_schedule SETTING VERB EXPRESSION...: the host runs systemd, which understands the expression. SETTING is its path
# in the environment file, and VERB does the same by hand.
require_schedule() {
  setting_=$1 verb_=$2
  shift 2
  runs_timers "$setting_" "remove the setting from the environment file, and run \`npx nocodb-host backup $verb_\` from another scheduler" ||
    return 0
  output=$(systemd-analyze calendar -- "$*" 2>&1) ||
    unmet "$setting_: systemd on the host does not understand \"$*\" ($(printf '%s' "$output" | tail -n 1)): write it as in systemd.time(7), such as daily or Mon..Fri 03:00"
}
