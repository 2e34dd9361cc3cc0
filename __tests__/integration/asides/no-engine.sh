# shellcheck shell=sh
# Takes the engine away as soon as the service was asked for the first time.
#
# Expects   nothing.
# Changes   nothing. May run twice.
docker() {
  if [ "$1" = exec ]; then gone=yes; fi
  if [ -n "${gone-}" ]; then
    echo "Cannot connect to the Docker daemon" >&2
    return 1
  fi
  command docker "$@"
}
