# A marked block in a text file that belongs to someone else. Every byte outside of it stays as it is.
#
# Expects   set_marks to have been called.
# Changes   nothing: what a file shall hold goes to standard output.

# set_marks NAME: the block begins and ends with these lines. "newline added" notes that the file ended without one
# before us.
set_marks() {
  begin_mark="# BEGIN $1 (kept by cdktf)"
  begin_mark_newline="$begin_mark, newline added"
  end_mark="# END $1 (kept by cdktf)"
}

# locate_block FILE: sets begin and end to line numbers, 0 where there is no block
locate_block() {
  # grep and awk take what follows for no text, or for its end.
  [ "$(tr -d '\000' <"$1" | wc -c)" = "$(wc -c <"$1")" ] ||
    fail "$1: it holds NUL bytes, as a crash of the host leaves them, and is no text file: mend it by hand"
  begin=$(grep -nxF -e "$begin_mark" -e "$begin_mark_newline" "$1" | cut -d : -f 1) || true
  end=$(grep -nxF -e "$end_mark" "$1" | cut -d : -f 1) || true
  case "${begin:-0} ${end:-0}" in
    "0 0") begin=0 end=0 ;;
    *[!0-9\ ]* | "0 "* | *" 0") fail "$1: the lines '$begin_mark' and '$end_mark' must stand there once each, or not at all: mend it by hand" ;;
    *) [ "$begin" -lt "$end" ] || fail "$1: '$end_mark' stands before '$begin_mark': mend it by hand" ;;
  esac
}

# block_now FILE: what stands between the marks, nothing where there are none
block_now() {
  locate_block "$1"
  [ "$begin" -eq 0 ] || sed -n "$begin,${end}p" "$1" | sed '1d;$d'
}

ends_without_newline() {
  [ -s "$1" ] && [ -n "$(tail -c 1 -- "$1")" ]
}

# file_with_block FILE < block: the file as it shall be
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

# file_without_block FILE: the file as it was before us, where it has a block
file_without_block() {
  locate_block "$1"
  # What someone has added behind us since needs the newline that we added.
  if sed -n "${begin}p" "$1" | grep -qxF -e "$begin_mark_newline" && [ -z "$(tail -n "+$((end + 1))" -- "$1" | head -c 1 | tr '\n' x)" ]; then
    head -n "$((begin - 1))" -- "$1" | head -c -1
  else
    head -n "$((begin - 1))" -- "$1"
  fi
  tail -n "+$((end + 1))" -- "$1"
}
