# What has changed since the last check, and the messages about it.
#
# Expects   $alerts: the directory that holds `state` and `waiting`; $now; $findings: see checks.sh.
# Changes   nothing until a function is called.
# Needs     alerts/lib.sh
#
# `state` has a line for each cause that is a problem or was one lately, with tabs between the words:
#   cause NAME problem|good SINCE TOLD UNSTABLE TIMES BEGAN SUMMARY ACTION
# SINCE: when it became so. TOLD: what the receiver was told last. UNSTABLE: 1 if it changes again and again. TIMES: when
# the receiver was told within the last hour. BEGAN: when the last problem began. Times are in seconds since 1970.

# A cause that has changed this often within an hour is unstable: the receiver is told so once, and again when it has not
# changed for the second number, in seconds.
CHANGES=4
QUIET=1800

# record_changes: writes the messages, then the state. If it is killed in between, the next check writes the messages
# again, because twice is better than never.
record_changes() {
  touch -- "$alerts/state"
  changed_=$(printf '%s\n' "$findings" | awk -v now="$now" -v changes="$CHANGES" -v quiet="$QUIET" '
    BEGIN { FS = OFS = "\t" }
    $1 == "set" { value[$2] = $3 }
    $1 == "cause" {
      status[$2] = $3; since[$2] = $4; told[$2] = $5; unstable[$2] = $6; times[$2] = $7
      began[$2] = $8; summary[$2] = $9; action[$2] = $10
    }
    $1 == "done" { complete[$2] = 1 }
    $1 == "finding" { found[$2] = $3; said[$2] = $4; todo[$2] = $5 }
    END {
      for (name in value) print "state", "set", name, value[name]
      for (cause in found) if (! (cause in status)) { status[cause] = told[cause] = "good"; since[cause] = began[cause] = now }
      for (cause in status) {
        kind = cause; sub(/:.*/, "", kind)
        if (cause in found || kind in complete) follow(cause, cause in found ? found[cause] : "good")
        if (status[cause] == "problem" || told[cause] == "problem" || unstable[cause] || times[cause] != "")
          print "state", "cause", cause, status[cause], since[cause], told[cause], unstable[cause], times[cause], began[cause], summary[cause], action[cause]
      }
    }
    function follow(cause, new) {
      if (new == "problem") { summary[cause] = said[cause]; action[cause] = todo[cause] }
      if (new != status[cause]) {
        if (new == "problem" && ! unstable[cause]) began[cause] = now
        status[cause] = new; since[cause] = now
      }
      keep_recent(cause)
      if (unstable[cause]) {
        if (now - since[cause] < quiet) return
        unstable[cause] = 0; times[cause] = ""
        tell(cause, new == "problem" ? "problem" : "recovered")
      } else if (new != told[cause]) {
        if (split(times[cause], each, " ") >= changes) {
          unstable[cause] = 1
          print "message", "unstable", cause, since[cause], summary[cause] ", again and again; the next message comes when nothing has changed for " quiet / 60 " minutes", action[cause]
        } else tell(cause, new == "problem" ? "problem" : "recovered")
      }
    }
    function tell(cause, state) {
      print "message", state, cause, began[cause], summary[cause], state == "problem" ? action[cause] : ""
      told[cause] = status[cause]
      times[cause] = times[cause] (times[cause] == "" ? "" : " ") now
    }
    function keep_recent(cause,   i, count, each, kept) {
      count = split(times[cause], each, " ")
      for (i = 1; i <= count; i++) if (now - each[i] < 3600) kept = kept (kept == "" ? "" : " ") each[i]
      times[cause] = kept
    }' "$alerts/state" -)
  printf '%s\n' "$changed_" | sed -n 's/^message\t//p' | while IFS= read -r line_; do put_message "$line_"; done
  printf '%s\n' "$changed_" | sed -n 's/^state\t//p' >"$alerts/.state"
  sync -- "$alerts/.state"
  mv -f -- "$alerts/.state" "$alerts/state"
}

# word_of LINE NUMBER: prints a word of a line; an empty one between two tabs counts
word_of() {
  printf '%s\n' "$1" | cut -f "$2"
}

# put_message LINE: makes a message wait for its delivery, behind the others
put_message() {
  name_=$(date +%s%N)-$(word_of "$1" 2 | tr -c 'A-Za-z0-9\n' _)-$(word_of "$1" 1)
  write_message "$(word_of "$1" 1)" "$(word_of "$1" 2)" "$(word_of "$1" 3)" "$(word_of "$1" 4)" "$(word_of "$1" 5)" >"$alerts/.message"
  sync -- "$alerts/.message"
  mv -f -- "$alerts/.message" "$alerts/waiting/$name_"
}
