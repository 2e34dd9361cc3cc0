# shellcheck shell=sh
# Lets a script that would wait a minute for a lock wait for a moment.
#
# Expects   nothing.
# Changes   nothing. May run twice.
flock() {
  command flock -w 0.2 8
}
