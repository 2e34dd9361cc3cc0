# A marked block in a text file that belongs to someone else. Every byte outside the block stays as it is.
#
# Changes   nothing: the new content of a file goes to standard output. Call set_marks first.
# Needs     remote-host/common.sh

# set_marks NAME: sets the lines that the block begins and ends with. "newline added" records that the file ended
# without a newline before.
set_marks() {
  begin_mark="# BEGIN $1 (kept by cdktf)"
  begin_mark_newline="$begin_mark, newline added"
  end_mark="# END $1 (kept by cdktf)"
}

# locate_block FILE: sets begin and end to line numbers, 0 if there is no block
locate_block() {
  # awk stops at a NUL byte.
  tr -d '\000' <"$1" | cmp -s - "$1" ||
    fail "$1 is not a text file: it holds NUL bytes, as a crash of the host can leave them. Fix it by hand"
  found_=$(begin=$begin_mark newline=$begin_mark_newline end=$end_mark awk '
    $0 == ENVIRON["begin"] || $0 == ENVIRON["newline"] { begin = NR; begins++ }
    $0 == ENVIRON["end"] { end = NR; ends++ }
    END { print begins + 0, ends + 0, begin + 0, end + 0 }' "$1")
  case $found_ in
    "0 0 "* | "1 1 "*) found_=${found_#? ? } ;;
    *) fail "$1: the lines '$begin_mark' and '$end_mark' must occur once each, or not at all: fix it by hand" ;;
  esac
  begin=${found_% *} end=${found_#* }
  [ "$begin" -le "$end" ] || fail "$1: '$end_mark' comes before '$begin_mark': fix it by hand"
}

# current_block FILE: prints the lines between the marks, nothing if there are none
current_block() {
  locate_block "$1"
  [ "$((end - begin))" -lt 2 ] || sed -n "$((begin + 1)),$((end - 1))p" "$1"
}

ends_without_newline() {
  [ -s "$1" ] && [ -n "$(tail -c 1 -- "$1")" ]
}

# file_with_block FILE < block: prints the file with that block
file_with_block() {
  locate_block "$1"
  if [ "$begin" -gt 0 ]; then
    head -n "$begin" -- "$1"
    cat
    tail -n "+$end" -- "$1"
  else
    cat -- "$1"
    mark=$begin_mark
    if ends_without_newline "$1"; then mark="
$begin_mark_newline"; fi
    printf '%s\n' "$mark"
    cat
    printf '%s\n' "$end_mark"
  fi
}

# file_without_block FILE: prints a file that has a block as it was before, byte for byte
file_without_block() {
  locate_block "$1"
  # Text that was added after the block since then needs the newline that we added.
  if sed -n "${begin}p" "$1" | grep -qxF -e "$begin_mark_newline" && [ -z "$(tail -n "+$((end + 1))" -- "$1" | head -c 1 | tr '\n' x)" ]; then
    head -n "$((begin - 1))" -- "$1" | head -c -1
  else
    head -n "$((begin - 1))" -- "$1"
  fi
  tail -n "+$((end + 1))" -- "$1"
}
