# What must be true of the consumers' env files, so that their lines can be written and will be what counts.
#
# Expects   manifest. For requirements.sh, which see: unmet, taking_over.
# Changes   nothing.

# require_env_file NAME block|file error|create PATH: the consumer's lines can be written there, and will be what it reads
require_env_file() {
  setting_=consumers.$1.envFile
  if [ ! -d "${4%/*}" ]; then
    unmet "$setting_: directory ${4%/*} is not there on the host: create it, or correct the path"
  elif [ -e "$4" ] && [ ! -f "$4" ]; then
    unmet "$setting_: $4 is no file on the host: correct the path"
  elif [ ! -e "$4" ]; then
    { [ "$2" = file ] || [ "$3" = create ]; } ||
      unmet "$setting_: $4 is not there on the host: correct the path, or set consumers.$1.missingFile to create"
  elif [ "$2" = block ]; then
    check_shared_file "$1" "$4"
  else
    check_own_file "$1" "$4"
  fi
}

# A file of the consumer's own would be lost. One that is on record is ours, whatever was done to it.
check_own_file() {
  if is_own_file "$2"; then return; fi
  ! lines_outside_blocks "$1" "$2" | grep -qvE '^[0-9]+ (NOCODB_(BASE_URL|API_TOKEN|INTERNAL_URL)=.*)?$' ||
    unmet "$setting_: $2 holds other lines, and with consumers.$1.ownFile the whole file would be replaced: name another file, or set ownFile to false"
}

check_shared_file() {
  # It goes, and a new one comes with the block.
  if is_own_file "$2"; then return; fi
  set_marks "nocodb $1"
  said=$(locate_block "$2" 2>&1) || {
    unmet "$setting_: $said"
    return 0
  }
  ! runuser -u nobody -- test -r "$2" ||
    unmet "$setting_: everyone on the host can read $2, and a token shall stand in it: chmod o-r $2 (or set consumers.$1.ownFile to true)"
  others=$(lines_by_hand "$1" "$2" | paste -s -d ' ' -)
  [ -z "$others" ] || [ "${taking_over-}" = yes ] ||
    unmet "$setting_: $2 sets NOCODB_BASE_URL, NOCODB_API_TOKEN or NOCODB_INTERNAL_URL itself (line $others), and which of two lines counts is up to the reader: remove those lines"
}

# is_own_file PATH: the whole file is on record as the app's, for whichever consumer
is_own_file() {
  [ -n "$(places_on_record file "$1")" ]
}

# places_on_record block|file PATH: the consumers whose lines the app has left there
places_on_record() {
  cat -- "$manifest"/* 2>/dev/null | keeps=$1 path=$2 awk 'sub(/^place=/, "") && $2 == ENVIRON["keeps"] && $3 == ENVIRON["path"] { print $1 }'
}

# lines_outside_blocks NAME PATH: with their numbers. The blocks left for others are ours, too: a deploy takes them away
# before it writes that of NAME, so consumers may be renamed and may exchange their files.
lines_outside_blocks() {
  names="$1 $(places_on_record block "$2" | paste -s -d ' ' -)" awk '
    BEGIN {
      count = split(ENVIRON["names"], name, " ")
      for (i = 1; i <= count; i++) {
        mark = "nocodb " name[i] " (kept by cdktf)"
        begins["# BEGIN " mark]; begins["# BEGIN " mark ", newline added"]; ends["# END " mark]
      }
    }
    $0 in begins { inside = 1 }
    ! inside { print NR, $0 }
    $0 in ends { inside = 0 }' "$2"
}

# lines_by_hand NAME PATH: the numbers of those that set our variables
lines_by_hand() {
  lines_outside_blocks "$1" "$2" | awk '/^[0-9]+ [ \t]*(export[ \t]+)?NOCODB_(BASE_URL|API_TOKEN|INTERNAL_URL)[ \t]*=/ { print $1 }'
}
