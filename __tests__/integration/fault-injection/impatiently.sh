# shellcheck shell=sh
# Makes a program that would wait minutes for a lock wait only a moment.
#
# Expects   nothing.
# Changes   nothing. May run twice.
flock() {
  case $1 in --*) command flock "$@" ;; *) command flock -w 0.2 8 ;; esac
}
