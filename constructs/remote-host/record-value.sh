# Reads a record. Set record to its path.
#
# Changes   nothing.
# Needs     remote-host/common.sh

# The caller sets it.
record=

# record_value NAME: prints the value of a line of the record in $record
record_value() {
  while IFS= read -r line_; do
    case $line_ in "$1="*) printf '%s\n' "${line_#*=}" ;; esac
  done <"$record"
}
