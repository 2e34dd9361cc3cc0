#!/bin/sh
# Starts the SSH server of the lab's host.
#
# Expects   the engine's socket at /var/run/docker.sock
# Changes   makes a host key on the first start; adds user deploy to the group that owns the socket; on an engine with
#           userns-remap gives the image's files back to their users. May run twice.
# Prints    the server's log, on standard error
set -eu

# An engine with userns-remap shifts the owners of all files of an image, also for a container with the host's users.
shift=$(stat -c %u /)
if [ "$shift" != 0 ]; then
  privileged=$(find / -xdev -perm /6000 -printf '%m %p\n')
  find / -xdev -printf '%U %G\n' | sort -u | while read -r user group; do
    if [ "$user" -lt "$shift" ] || [ "$group" -lt "$shift" ]; then continue; fi
    find / -xdev -uid "$user" -gid "$group" -exec chown -h "$((user - shift)):$((group - shift))" {} +
  done
  printf '%s\n' "$privileged" | while read -r mode path; do chmod "$mode" "$path"; done
fi

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
