#!/bin/sh
# Checks the machine that Terraform runs on, before ssh or a program fails because something is missing. It runs there.
#
#   preflight.sh PROGRAM -- SSH COMMAND...
#
# Expects   the arguments of run-remote.sh: -F, IdentityFile= and UserKnownHostsFile= of the ssh command name files.
# Changes   nothing. May run twice.
# Prints    nothing if everything is there; otherwise, on standard error, everything that is missing, and exits with 1.
set -eu

problems=
# add_problem TEXT: adds a problem; all of them are printed at once
add_problem() {
  problems="$problems
- $1"
}

check_programs() {
  for each in ssh:openssh-client awk:mawk id:coreutils mktemp:coreutils grep:grep; do
    command -v "${each%:*}" >/dev/null 2>&1 ||
      add_problem "command '${each%:*}' is missing: install it (Debian: apt-get install ${each#*:})"
  done
}

# ssh needs the name and the home directory of the user who runs it.
check_user() {
  id -un >/dev/null 2>&1 ||
    add_problem "user id $(id -u) has no line in /etc/passwd, which ssh needs: run Terraform as a user that has one"
}

# home_of_user: prints the directory that ssh uses for ~/, whatever HOME is
home_of_user() {
  user=$(id -un 2>/dev/null) || user=
  case $user in
    '' | *[!A-Za-z0-9._-]*) printf '%s' "${HOME-}" ;;
    *) eval "printf '%s' ~$user" ;;
  esac
}

# check_readable SETTING FILE: adds a problem and fails if the file is not readable
check_readable() {
  if [ ! -e "$2" ]; then
    add_problem "$1: $2 does not exist: put it there (on an agent its hooks do, see docs/remote-runs.md), or correct the setting"
  elif [ ! -f "$2" ] || [ ! -r "$2" ]; then
    add_problem "$1: $2 is not a file that this user can read"
  else
    return 0
  fi
  return 1
}

# check_key FILE: if an ssh agent holds the key, the file may be its public half.
check_key() {
  if [ -n "${SSH_AUTH_SOCK-}" ] && [ ! -e "$1" ] && [ -e "$1.pub" ]; then return 0; fi
  check_readable ssh.identityFile "$1" || return 0
  if ! grep -q 'PRIVATE KEY-----' "$1"; then
    [ -n "${SSH_AUTH_SOCK-}" ] ||
      add_problem "ssh.identityFile: $1 does not hold a private key, which begins with a line such as -----BEGIN OPENSSH PRIVATE KEY-----"
  elif ! is_private "$1"; then
    add_problem "ssh.identityFile: other users can read or change $1, so ssh does not use it: chmod 600 $1"
  elif ! loads_key "$1"; then
    add_problem "ssh.identityFile: $1 is not a complete private key, or it needs a passphrase, which nobody can type here"
  fi
}

# is_private FILE: whether ssh accepts its mode. ssh checks only files of its own user.
is_private() {
  # shellcheck disable=SC2012,SC2046 # the name comes last; find cannot print a mode portably
  set -- $(ls -lLnd -- "$1")
  case $3:$1 in
    "$(id -u)":????------*) ;;
    "$(id -u)":*) return 1 ;;
  esac
}

# loads_key FILE: whether ssh can use the key without a passphrase, as far as that can be checked here
loads_key() {
  [ -n "${SSH_AUTH_SOCK-}" ] || ! command -v ssh-keygen >/dev/null 2>&1 ||
    ssh-keygen -y -P '' -f "$1" >/dev/null 2>&1
}

# check_files SSH COMMAND...: checks the files that its options name
check_files() {
  before=
  for word in "$@"; do
    file=${word#*=}
    case $file in
      \~/*) file=$(home_of_user)/${file#??} ;;
    esac
    case $before:$word in
      *:IdentityFile=*) check_key "$file" ;;
      *:UserKnownHostsFile=*) check_readable ssh.knownHosts "$file" || : ;;
      -F:none) ;;
      -F:*) check_readable ssh.configFile "$file" || : ;;
    esac
    before=$word
  done
}

check_programs
check_user
check_files "$@"
if [ -n "$problems" ]; then
  echo "The machine that Terraform runs on ($(uname -n 2>/dev/null)) cannot reach the host, and nothing was changed:$problems" >&2
  exit 1
fi
