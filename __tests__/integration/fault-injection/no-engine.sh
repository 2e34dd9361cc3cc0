# shellcheck shell=sh disable=SC2154
# Makes Docker unreachable after the first question to the service.
#
# Expects   $records.
# Changes   leaves a file in $records, because programs also ask in subshells. May run twice.
docker() {
  if [ "$1" = exec ]; then touch "$records/.engine-gone"; fi
  if [ -e "$records/.engine-gone" ]; then
    echo "Cannot connect to the Docker daemon" >&2
    return 1
  fi
  command docker "$@"
}
