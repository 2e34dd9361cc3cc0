#!/bin/sh
# place.sh BASE USER: places the two consumers on the lab's host: their env files, their programs, and the command that
# recreates them. Runs as root, from the folder with these files.
#
# Expects   on standard input the file BASE/consumers/instance, lines NAME=VALUE: instance, image, key
# Changes   files below BASE, which belong to USER. An existing env file stays as it is, with its owner and mode.
#           May run twice.
# Prints    nothing
set -eu

base=$1
user=$2
cd "$(dirname "$0")"

# own MODE FILE AS
own() {
  install -o "$user" -g "$user" -m "$1" "$2" "$3"
}

# env_file SERVICE MODE
env_file() {
  install -d -o "$user" -g "$user" -m 0755 "$base/configs" "$base/configs/$1"
  [ -e "$base/configs/$1/$1.env" ] || own "$2" "$1.env" "$base/configs/$1/$1.env"
}

env_file openclaw 0600
env_file n8n 0640

install -d -o "$user" -g "$user" -m 0755 "$base/consumers"
cat >instance
own 0644 instance "$base/consumers/instance"
own 0644 call.mjs "$base/consumers/call.mjs"
own 0644 receive.mjs "$base/consumers/receive.mjs"
own 0755 recreate.sh "$base/recreate"
