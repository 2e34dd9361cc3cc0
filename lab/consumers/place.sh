#!/bin/sh
# place.sh BASE USER: puts the two consumers onto the lab's host: their env files, the program they run, and the command
# that recreates them. Runs as root, from the folder that holds all of it.
#
# stdin:   BASE/consumers/instance, lines NAME=VALUE: instance, image, key
# changes: files below BASE, all of them USER's. An env file that is there stays as it is, with its owner and mode.
# prints:  nothing
# May run twice.
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
own 0755 recreate.sh "$base/recreate"
