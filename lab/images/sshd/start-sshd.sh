#!/bin/sh
# Starts the SSH server of the lab's host.
#
# stdin:   nothing
# changes: on the first start a host key is made; user deploy joins the group that owns the engine's socket
# prints:  the server's log, on standard error
# May run twice.
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
