# shellcheck shell=sh
# In front of a restore: it is killed within the exchange, between the database and the files.
find() {
  case " $* " in *" mv "*) kill -KILL $$ ;; esac
  command find "$@"
}
