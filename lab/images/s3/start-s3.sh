#!/bin/sh
# Starts an S3 server with one bucket, reached in path style.
#
# Expects   S3_PORT, S3_REGION and S3_BUCKET; the keys in the files /run/secrets/access-key and /run/secrets/secret-key; on
#           /data a file system with extended attributes
# Changes   makes the bucket, if it is missing. May run twice.
# Prints    the server's log, without requests
set -eu

mkdir -p "/data/$S3_BUCKET"
ROOT_ACCESS_KEY=$(cat /run/secrets/access-key)
ROOT_SECRET_KEY=$(cat /run/secrets/secret-key)
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
# Clients ask for public objects, which the gateway would refuse in a bucket without access lists.
exec versitygw --quiet --disable-acl --port ":$S3_PORT" --region "$S3_REGION" posix /data
