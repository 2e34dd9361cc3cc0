# shellcheck shell=sh
# Lets the time of a waiting script pass twenty times as fast.
#
# Expects   nothing.
# Changes   nothing. May run twice.
date() {
  echo $(($(command date +%s) * 20))
}

sleep() {
  command sleep 0.1
}
