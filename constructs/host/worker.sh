#!/bin/sh
# Looks at the machine that Terraform runs on, before ssh or a script stumbles over what it lacks. It runs there.
#
#   worker.sh WORD...
#
# Expects   the arguments of on-host.sh, with the ssh command among them: -F, IdentityFile= and UserKnownHostsFile= name files.
# Changes   nothing. May run twice.
# Prints    nothing where all is there; else, on standard error, everything that is not, and ends with 1.
set -eu

problems=
lacks() {
  problems="$problems
- $1"
}

need_programs() {
  for each in ssh:openssh-client awk:mawk id:coreutils mktemp:coreutils grep:grep; do
    command -v "${each%:*}" >/dev/null 2>&1 ||
      lacks "there is no '${each%:*}': install it (Debian: apt-get install ${each#*:})"
  done
}

# ssh asks for the name and the home directory of whoever runs it, and ends where there are none.
need_user() {
  id -un >/dev/null 2>&1 ||
    lacks "user id $(id -u) has no line in /etc/passwd, and ssh does not run without: run Terraform as a user who has one"
}

# home_of_user: as ssh takes it for ~/, whatever HOME is
home_of_user() {
  user=$(id -un 2>/dev/null) || user=
  case $user in
    '' | *[!A-Za-z0-9._-]*) printf '%s' "${HOME-}" ;;
    *) eval "printf '%s' ~$user" ;;
  esac
}

# readable_file SETTING FILE: told where it is not
readable_file() {
  if [ ! -e "$2" ]; then
    lacks "$1: $2 is not there: put it there (on an agent its hooks do, see docs/terraform-cloud.md), or correct the setting"
  elif [ ! -f "$2" ] || [ ! -r "$2" ]; then
    lacks "$1: $2 is no file that this user can read"
  else
    return 0
  fi
  return 1
}

# Where an agent holds the key, the file may be its public half.
need_key() {
  if [ -n "${SSH_AUTH_SOCK-}" ] && [ ! -e "$1" ] && [ -e "$1.pub" ]; then return 0; fi
  readable_file ssh.identityFile "$1" || return 0
  if ! grep -q 'PRIVATE KEY-----' "$1"; then
    [ -n "${SSH_AUTH_SOCK-}" ] ||
      lacks "ssh.identityFile: $1 holds no private key: it begins with a line such as -----BEGIN OPENSSH PRIVATE KEY-----"
  elif ! is_private "$1"; then
    lacks "ssh.identityFile: others may read or change $1, and ssh does not use it then: chmod 600 $1"
  elif ! opens "$1"; then
    lacks "ssh.identityFile: $1 is no whole private key, or asks for a passphrase, which nobody can type here"
  fi
}

# ssh looks at the mode of its own user's files alone.
is_private() {
  # shellcheck disable=SC2012,SC2046 # of one file, whose name comes last; find has no portable way to print a mode
  set -- $(ls -lLnd -- "$1")
  case $3:$1 in
    "$(id -u)":????------*) ;;
    "$(id -u)":*) return 1 ;;
  esac
}

opens() {
  [ -n "${SSH_AUTH_SOCK-}" ] || ! command -v ssh-keygen >/dev/null 2>&1 ||
    ssh-keygen -y -P '' -f "$1" >/dev/null 2>&1
}

need_files() {
  before=
  for word in "$@"; do
    file=${word#*=}
    case $file in
      \~/*) file=$(home_of_user)/${file#??} ;;
    esac
    case $before:$word in
      *:IdentityFile=*) need_key "$file" ;;
      *:UserKnownHostsFile=*) readable_file ssh.knownHosts "$file" || : ;;
      -F:none) ;;
      -F:*) readable_file ssh.configFile "$file" || : ;;
    esac
    before=$word
  done
}

need_programs
need_user
need_files "$@"
if [ -n "$problems" ]; then
  echo "The machine that Terraform runs on ($(uname -n 2>/dev/null)) cannot reach the host, and nothing was changed:$problems" >&2
  exit 1
fi
