#!/bin/sh
# Takes away what place-ssh-files.sh has put there. On an agent of HCP Terraform the hooks terraform-post-plan and
# terraform-post-apply.
#
# Expects   NOCODB_SSH_DIRECTORY as place-ssh-files.sh had it, in the environment.
# Changes   removes the two files, and the directory where it is empty then. May run twice.
# Prints    nothing.
set -eu

directory=${NOCODB_SSH_DIRECTORY:-/tmp/nocodb-ssh}
# place-ssh-files.sh has refused it: what it leads to is somebody else's.
[ ! -L "$directory" ] || exit 0
rm -f -- "$directory/id" "$directory/known_hosts"
rmdir -- "$directory" 2>/dev/null || :
