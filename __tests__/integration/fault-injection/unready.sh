# shellcheck shell=sh
# Kills backup/restore before the service stops, when database and files are prepared.
#
# Expects   nothing.
# Changes   nothing. May run twice.
docker() {
  [ "$1" != stop ] || kill -KILL $$
  command docker "$@"
}
