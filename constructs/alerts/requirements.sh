# Requirements of alerts. See remote-host/require.sh.
#
# Changes   nothing.
# Needs     remote-host/require.sh remote-host/env-file.sh backup/schedule/requirements.sh

# require_alerts DIRECTORY TEXTFILE ADDRESS COMMAND...: the host can run the checks. TEXTFILE is `-` for none. ADDRESS is
# the name of the secret address that COMMAND sets, `-` for none.
require_alerts() {
  runs_timers alerts "remove the setting from the environment file" || return 0
  [ "$2" = - ] || [ -d "${2%/*}" ] ||
    unmet "alerts.textfile: ${2%/*} does not exist on the host: create it, or set the directory that node_exporter reads (--collector.textfile.directory)"
  values_=$1/values name_=$3
  [ "$name_" != - ] || return 0
  shift 3
  [ -n "$(env_value "$values_" "$name_" 2>/dev/null)" ] ||
    unmet "alerts.webhook: the host has no address for it: set it with \`$* $name_\`, which reads it from standard input"
}
