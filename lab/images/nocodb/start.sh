#!/bin/sh
# Starts NocoDB as the official image does: node is a child of the shell, without exec. A signal to the process group
# reaches both, and if the shell ends first, the container ends with it.
mkdir -p "$NC_TOOL_DIR"
node index.js
