# Requirements of a service's secrets. See remote-host/require.sh.
#
# Expects   $records.
# Changes   nothing.
# Needs     remote-host/require.sh service-secrets/lib.sh

# require_secrets KEY DIRECTORY PINNED GIVEN COMMAND...: they can be written, pinned ones have the values that are on
# record under KEY, and those that are given have one. PINNED and GIVEN are names separated by commas, `-` for none.
# COMMAND sets one.
require_secrets() {
  record=$records/$1 secrets=$2 pinned_=$3 given_=$4
  shift 4
  for each_ in "$secrets" "$secrets/values"; do
    [ ! -e "$each_" ] || [ -w "$each_" ] || unmet "$each_ cannot be written: fix that (immutable? chattr -i $each_)"
  done
  [ ! -e "$secrets" ] || [ -d "$secrets" ] || unmet "$secrets exists, but it is not a directory: move it away"
  for name_ in $(printf '%s' "${pinned_#-}" | tr , ' '); do
    { [ -z "${restoring-}" ] && secret_differs "$name_" "$(next_value "$name_")"; } || continue
    unmet "$name_ in $secrets/values is not the one with which the service has run, so it could not read its data any more: put the former one back (every backup has it in its file secrets)"
  done
  for name_ in $(printf '%s' "${given_#-}" | tr , ' '); do
    [ -n "$(next_value "$name_")${adopting-}" ] ||
      unmet "secrets: the host has no value for $name_: set it with \`$* $name_\`, which reads it from standard input"
  done
}
