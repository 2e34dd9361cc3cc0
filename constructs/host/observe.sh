# Looks at everything the app keeps on this host, at plan time. See docs/design.md, "One probe".
#
# Expects   manifest; requirements: what must be there before anything is changed, one a line (see require_all).
# Changes   nothing. May run twice.
# Prints    one JSON object: for each record of the manifest the word that was noted where the host is as it was left,
#           and where it is not, another word that says what is wrong; `unrecorded` is the word for all that has no
#           record. With an unmet requirement, or where it cannot look, it prints the reasons on standard error and
#           fails: that is trouble, not drift.

tell() {
  word=$(noted word)
  if [ -n "$difference" ]; then
    # The state may hold the same words from the last time: the plan shows only what differs.
    [ "$difference" != "$word" ] || difference="$difference, again"
    word=$difference
  fi
  printf ',"%s":"%s"' "${record##*/}" "$(printf '%s' "$word" | sed 's/[\\"]/\\&/g')"
}

main() {
  wait_for_rest
  look_at_all tell
  # For what has no record: a word that no state holds, so that lost records are seen like any other loss.
  printf '{"unrecorded":"not on record, %s"%s}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$seen"
}

main </dev/null
