# Lines and blocks in the consumers' env files, which decide whether the app may write there.
#
# Expects   $records.
# Changes   nothing.
# Needs     remote-host/marked-block.sh

# is_own_file PATH: whether the whole file is recorded as the app's, for any consumer
is_own_file() {
  [ -n "$(places_on_record true "$1")" ]
}

# places_on_record OWN_FILE PATH: prints the consumers whose lines the app has written there
places_on_record() {
  cat -- "$records"/* 2>/dev/null | own_file=$1 path=$2 awk 'sub(/^place=/, "") && $2 == ENVIRON["own_file"] && $3 == ENVIRON["path"] { print $1 }'
}

# lines_outside_blocks NAME PATH: prints them with their numbers. The recorded blocks of other consumers are ours, too:
# a deploy removes them before it writes that of NAME, so consumers can be renamed and can exchange their files.
lines_outside_blocks() {
  names="$1 $(places_on_record false "$2" | paste -s -d ' ' -)" awk '
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

# unmanaged_lines NAME PATH: prints the numbers of lines outside our blocks that set our variables
unmanaged_lines() {
  lines_outside_blocks "$1" "$2" | awk '/^[0-9]+ [ \t]*(export[ \t]+)?NOCODB_(BASE_URL|API_TOKEN|INTERNAL_URL)[ \t]*=/ { print $1 }'
}
