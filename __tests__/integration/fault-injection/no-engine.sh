# shellcheck shell=sh disable=SC2154
# Takes the engine away as soon as the service was asked for the first time.
#
# Expects   manifest.
# Changes   leaves a mark in the manifest, because the scripts ask in subshells, too.
docker() {
  if [ "$1" = exec ]; then touch "$manifest/.engine-gone"; fi
  if [ -e "$manifest/.engine-gone" ]; then
    echo "Cannot connect to the Docker daemon" >&2
    return 1
  fi
  command docker "$@"
}
