#!/bin/sh
# Starts systemd, with the SSH server as one of its services.
#
# Expects   a container with its own control groups
# Changes   adds a unit for the SSH server, and makes the control groups writable. May run twice.
# Prints    nothing
set -eu

mount -o remount,rw /sys/fs/cgroup 2>/dev/null || true
cat >/etc/systemd/system/lab-sshd.service <<'UNIT'
[Service]
ExecStart=/usr/local/bin/start-sshd.sh
Restart=always

[Install]
WantedBy=multi-user.target
UNIT
ln -sf ../lab-sshd.service /etc/systemd/system/multi-user.target.wants/lab-sshd.service
ln -sf /dev/null /etc/systemd/system/ssh.service
exec /lib/systemd/systemd
