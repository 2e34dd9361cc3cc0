#!/bin/sh
# Starts the program as the vendor's start script does: as a child, without exec. A signal to this shell ends the shell
# only.
mkdir -p "${NC_TOOL_DIR:-/usr/app/data/}"
node /usr/app/calendar-nocodb/server.mjs
