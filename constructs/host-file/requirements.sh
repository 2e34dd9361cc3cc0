# Requirements of files. See remote-host/require.sh.
#
# Changes   nothing.
# Needs     remote-host/require.sh

# require_file PATH: if it exists, it is a file and can be written
require_file() {
  if [ -d "$1" ]; then
    unmet "$1 exists, but it is a directory: move it away"
  elif [ -f "$1" ] && ! output=$({ : >>"$1"; } 2>&1); then
    unmet "$1 cannot be written (${output##*: }): fix that (immutable? chattr -i $1)"
  fi
}
