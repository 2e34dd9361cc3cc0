#!/bin/sh
# own-network.sh ARGUMENT…: starts Debian's Chromium in a network of its own. Chromium gives up its connections whenever an
# interface of the machine comes or goes, and those of containers do all the time.
#
# Expects   to run as root; in the env LAB_PORT, a port of 127.0.0.1 in the new network, and LAB_SOCKET, the socket to which
#           its connections are passed on; an address of localhost is then that port
# Changes   nothing that outlives Chromium
# Prints    what Chromium prints
# Needs     unshare (util-linux), ip (iproute2), node
set -eu
PATH=$PATH:/usr/sbin:/sbin
exec unshare --net sh -euc 'ip link set lo up; exec node "$@"' - "$(dirname "$0")/pass-on.mjs" "$@"
