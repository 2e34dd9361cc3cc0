# shellcheck shell=sh
# Sets the clock that a program reads two hours ahead.
#
# Expects   nothing.
# Changes   nothing. May run twice.
date() {
  if [ "$*" = +%s ]; then echo $(($(command date +%s) + 7200)); else command date "$@"; fi
}
