# Requirements of the consumers' env files. See remote-host/require.sh.
#
# Expects   $records.
# Changes   nothing.
# Needs     remote-host/require.sh nocodb/consumers/env-files.sh

# require_env_file NAME OWN_FILE MISSING_FILE PATH: the consumer's lines can be written there, and no other line
# overrides them. OWN_FILE is true or false, MISSING_FILE is error or create.
require_env_file() {
  setting_=consumers.$1.envFile
  if [ ! -d "${4%/*}" ]; then
    unmet "$setting_: directory ${4%/*} does not exist on the host: create it, or correct the path"
  elif [ -e "$4" ] && [ ! -f "$4" ]; then
    unmet "$setting_: $4 is not a file on the host: correct the path"
  elif [ ! -e "$4" ]; then
    { [ "$2" = true ] || [ "$3" = create ]; } ||
      unmet "$setting_: $4 does not exist on the host: correct the path, or set consumers.$1.missingFile to create"
  elif [ "$2" = false ]; then
    check_shared_file "$1" "$4"
  else
    check_own_file "$1" "$4"
  fi
}

# check_own_file NAME PATH: the app would replace no lines of the consumer. A recorded file is ours, even if edited.
check_own_file() {
  if is_own_file "$2"; then return; fi
  ! lines_outside_blocks "$1" "$2" | grep -qvE '^[0-9]+ (NOCODB_(BASE_URL|API_TOKEN|INTERNAL_URL)=.*)?$' ||
    unmet "$setting_: $2 holds other lines, and with consumers.$1.ownFile the whole file would be replaced: name another file, or set ownFile to false"
}

# check_shared_file NAME PATH: the block can be written, is private, and no other line sets its variables
check_shared_file() {
  # A deploy replaces our own file by a new one with the block.
  if is_own_file "$2"; then return; fi
  set_marks "nocodb $1"
  output=$(locate_block "$2" 2>&1) || {
    unmet "$setting_: $output"
    return 0
  }
  ! runuser -u nobody -- test -r "$2" ||
    unmet "$setting_: everyone on the host can read $2, which will hold a token: chmod o-r $2 (or set consumers.$1.ownFile to true)"
  others=$(unmanaged_lines "$1" "$2" | paste -s -d ' ' -)
  [ -z "$others" ] || [ "${adopting-}" = yes ] ||
    unmet "$setting_: $2 sets NOCODB_BASE_URL, NOCODB_API_TOKEN or NOCODB_INTERNAL_URL itself (line $others), and which of two lines counts is up to the reader: remove those lines"
}
