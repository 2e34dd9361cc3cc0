#!/bin/sh
# Checks the machine that Terraform or npx nocodb-host runs on, before ssh or a program fails because something is
# missing. It runs there.
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
  for each in ssh:openssh-client awk:mawk id:coreutils mktemp:coreutils grep:grep sed:sed; do
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
    add_problem "$1: $2 does not exist: put it there (on an agent its hooks do, elsewhere ci/agent/place-ssh-files.sh: see docs/remote-runs.md), or correct the setting"
  elif [ ! -f "$2" ] || [ ! -r "$2" ]; then
    add_problem "$1: $2 is not a file that this user can read"
  else
    return 0
  fi
  return 1
}

# has_agent SSH COMMAND...: whether ssh asks an agent: that of IdentityAgent, in the environment file or in ssh_config, or the usual one
has_agent() {
  ssh=$1
  shift
  agent=$("$ssh" -G "$@" </dev/null 2>/dev/null | sed -n 's/^identityagent //p') || agent=
  case $agent in
    none) return 1 ;;
    '' | SSH_AUTH_SOCK) [ -n "${SSH_AUTH_SOCK-}" ] ;;
  esac
}

# check_key FILE SSH COMMAND...: if an ssh agent holds the key, the file may be its public half.
check_key() {
  key=$1
  shift
  if [ ! -e "$key" ] && [ -e "$key.pub" ] && has_agent "$@"; then return 0; fi
  check_readable ssh.identityFile "$key" || return 0
  if ! grep -q 'PRIVATE KEY-----' "$key"; then
    has_agent "$@" ||
      add_problem "ssh.identityFile: $key does not hold a private key, which begins with a line such as -----BEGIN OPENSSH PRIVATE KEY-----, and ssh has no agent that could hold it (SSH_AUTH_SOCK, IdentityAgent)"
  elif ! is_private "$key"; then
    add_problem "ssh.identityFile: other users can read or change $key, so ssh does not use it: chmod 600 $key"
  elif ! loads_key "$key" && ! has_agent "$@"; then
    add_problem "ssh.identityFile: $key is not a complete private key, or it needs a passphrase, which nobody can type here"
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
  ! command -v ssh-keygen >/dev/null 2>&1 ||
    ssh-keygen -y -P '' -f "$1" >/dev/null 2>&1
}

# check_files SSH COMMAND...: checks the files that its options name
check_files() {
  before=
  for word in "$@"; do
    file=${word#*=}
    # ssh wants quotes around a path with a blank.
    file=${file#\"} file=${file%\"}
    case $file in
      \~/*) file=$(home_of_user)/${file#??} ;;
    esac
    case $before:$word in
      *:IdentityFile=*) check_key "$file" "$@" ;;
      *:UserKnownHostsFile=*) check_readable ssh.knownHosts "$file" || : ;;
      -F:none) ;;
      -F:*) check_readable ssh.configFile "$file" || : ;;
    esac
    before=$word
  done
}

check_programs
check_user
shift 2
check_files "$@"
if [ -n "$problems" ]; then
  echo "This machine ($(uname -n 2>/dev/null)) cannot reach the host, and nothing was changed:$problems" >&2
  exit 1
fi
