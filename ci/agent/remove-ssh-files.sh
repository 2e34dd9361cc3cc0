#!/bin/sh
# Removes the files that place-ssh-files.sh wrote. On an agent of HCP Terraform it is the hooks terraform-post-plan and
# terraform-post-apply.
#
# Expects   NOCODB_SSH_DIRECTORY as place-ssh-files.sh had it, as an environment variable.
# Changes   removes the two files, and the directory if it is then empty. May run twice.
# Prints    nothing.
set -eu

directory=${NOCODB_SSH_DIRECTORY:-/tmp/nocodb-ssh}
# place-ssh-files.sh refuses a link, so its target belongs to somebody else.
[ ! -L "$directory" ] || exit 0
rm -f -- "$directory/id" "$directory/known_hosts"
rmdir -- "$directory" 2>/dev/null || :
