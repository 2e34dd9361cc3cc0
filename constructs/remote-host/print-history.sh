# Prints the history of the host.
#
# Changes   nothing. May run twice.
# Prints    the lines of the history, the oldest first; nothing without one. See remote-host/history.sh.
# Needs     remote-host/history.sh

main() {
  [ ! -f "$(history_file)" ] || cat -- "$(history_file)"
}

main </dev/null
