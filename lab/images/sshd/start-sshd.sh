#!/bin/sh
# Starts the SSH server of the lab's host.
#
# Expects   the engine's socket at /var/run/docker.sock
# Changes   makes a host key on the first start; adds user deploy to the group that owns the socket. May run twice.
# Prints    the server's log, on standard error
set -eu

gid=$(stat -c %g /var/run/docker.sock)
group=$(getent group "$gid" | cut -d: -f1)
if [ -z "$group" ]; then
  group=docker
  groupadd --gid "$gid" "$group"
fi
usermod --append --groups "$group" deploy

key=/etc/ssh/ssh_host_ed25519_key
[ -s "$key" ] || ssh-keygen -q -t ed25519 -N '' -f "$key"

mkdir -p /run/sshd
exec /usr/sbin/sshd -D -e
