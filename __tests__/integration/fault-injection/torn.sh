# shellcheck shell=sh
# Kills backup/restore during the exchange, between the database and the files.
#
# Expects   nothing.
# Changes   nothing. May run twice.
find() {
  case " $* " in *" mv "*) kill -KILL $$ ;; esac
  command find "$@"
}
