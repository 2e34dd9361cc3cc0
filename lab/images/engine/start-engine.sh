#!/bin/sh
# Starts a Docker engine in a container.
#
# Expects   the right to mount, and control groups of its own; the arguments are those of dockerd
# Changes   makes the control groups writable. May run twice.
# Prints    the engine's log, on standard error
set -eu

for each in /sys /sys/fs/cgroup /sys/fs/cgroup/*; do
  mount -o remount,bind,rw "$each" 2>/dev/null || true
done
exec dockerd "$@"
