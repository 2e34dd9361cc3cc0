# shellcheck shell=sh
# Makes time pass twenty times as fast for a program that waits.
#
# Expects   nothing.
# Changes   nothing. May run twice.
date() {
  echo $(($(command date +%s) * 20))
}

sleep() {
  command sleep 0.1
}
