#!/bin/sh
# Writes the files that ssh reads to the place that the environment file names. On an agent of HCP Terraform it is the
# hooks terraform-pre-plan and terraform-pre-apply.
#
# Expects   environment variables: NOCODB_SSH_KEY, the private key, without a passphrase; NOCODB_SSH_KNOWN_HOSTS, the
#           host's line of a known_hosts file, both as plain text, or in base64 if a variable cannot hold several lines;
#           NOCODB_SSH_DIRECTORY, the directory for the files, by default /tmp/nocodb-ssh.
# Changes   creates that directory (0700), and in it `id` and `known_hosts` (0600). May run twice.
# Prints    nothing; on standard error what is wrong with a variable, never its value.
set -eu
umask 077

directory=${NOCODB_SSH_DIRECTORY:-/tmp/nocodb-ssh}

# One file without the other is useless, and nothing would remove it.
fail() {
  printf '%s\n' "$1" >&2
  rm -f -- "$directory/id" "$directory/known_hosts"
  exit 1
}

# In a directory that is writable for everyone, somebody else may have created this one first.
own_directory() {
  mkdir -p -- "$directory" 2>/dev/null || fail "NOCODB_SSH_DIRECTORY: $directory cannot be created: name one below a writable directory"
  # shellcheck disable=SC2012,SC2046 # of one directory, whose name comes last
  set -- $(ls -lnd -- "$directory")
  case $3:$1 in
    "$(id -u)":drwx------*) ;;
    *)
      echo "NOCODB_SSH_DIRECTORY: $directory is not this user's alone: remove it, or name another one" >&2
      exit 1
      ;;
  esac
}

# decode < BASE64: prints the bytes. macOS before version 13 has only -D.
decode() {
  if printf 'eA==' | base64 -d >/dev/null 2>&1; then base64 -d; else base64 -D; fi
}

# place NAME VALUE VARIABLE MEANING: plain text contains blanks, base64 does not. Lines may end as on Windows, which ssh
# does not read.
place() {
  [ -n "$2" ] || fail "$3 is not set: it holds $4"
  rm -f -- "$directory/$1"
  value=$(printf '%s' "$2" | tr -d '\r')
  case $value in
    *' '*) printf '%s\n' "$value" >"$directory/$1" ;;
    *)
      printf '%s' "$value" | decode >"$directory/$1" 2>/dev/null ||
        fail "$3 is neither text nor base64: set it to the output of: base64 <FILE | tr -d '\\n'"
      ;;
  esac
}

own_directory
place id "${NOCODB_SSH_KEY-}" NOCODB_SSH_KEY "the private key, as printed by: base64 <~/.ssh/id_ed25519 | tr -d '\\n'"
place known_hosts "${NOCODB_SSH_KNOWN_HOSTS-}" NOCODB_SSH_KNOWN_HOSTS "the host's verified line of a known_hosts file"
[ "$(grep -c . "$directory/id")" -gt 1 ] ||
  fail "NOCODB_SSH_KEY is not a private key of several lines: set it to the output of: base64 <FILE | tr -d '\\n'"
