#!/bin/sh
# Starts Redis with a password.
#
# Expects   the password in the file /run/secrets/password, which only root has to be able to read
# Changes   /data, where Redis keeps every change. May run twice.
# Prints    the server's log
set -eu

chown redis: /data
password=$(cat /run/secrets/password)
exec setpriv --reuid redis --regid redis --clear-groups redis-server - <<END
requirepass "$password"
bind *
dir /data
appendonly yes
END
