# The history of a host: one line for each deploy, destroy, restore, rotation, adoption and release of a state. It names
# things, and never holds their content.
#
# Expects   $records; $from: the place where the command was given, as `user@machine:folder`; $run: what all steps of one
#           command have in common (run-remote.sh sends both). Set event to the kind of command, if that is not a deploy,
#           and begun to the time at which it began.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh
#
# The fields of a line are separated by the character 31: time in seconds since 1970, duration in seconds, event, run,
# origin, image that serves, `done` or `failed`, what was changed.

# How many lines are kept.
HISTORY_LINES=500

# What the command is at work on; lock_host sets it.
purpose_=

# history_file: prints its path, which is beside the records
history_file() {
  printf '%s/.history' "$records"
}

# note_event WHAT [failed]: adds what was changed, or failed, to the line of this command. A history that cannot be
# written stops nothing.
note_event() {
  [ -d "$records" ] || return 0
  note_line "$@" 2>/dev/null || true
}

# note_failure MESSAGE: the same for an error message, unless it is that of a subshell, which may only be an attempt
note_failure() {
  # shellcheck disable=SC2016 # expanded in another shell
  [ "$(exec sh -c 'echo "$PPID"')" != "$$" ] || note_event "${purpose_#the }: $(printf '%s' "$1" | head -n 1 | cut -c 1-300)" failed
}

note_line() (
  exec 4<"$records"
  flock -w 5 4
  serving_=$(sed -n 's/^image=//p' "$records"/.served-* 2>/dev/null | paste -s -d ' ' -)
  what_=$(printf '%s' "$1" | tr '\000-\037' ' ') from_=${from-}
  # The next command removes it if this one is killed.
  new_=$(mktemp -- "$records/.scratch.XXXXXX")
  trap 'rm -f -- "$new_"' EXIT
  tail -n "$HISTORY_LINES" -- "$(history_file)" 2>/dev/null |
    event=${event-} run=${run-} origin=${from_%%:*} image=$serving_ result=${2-done} what=$what_ begun=${begun-} now=$(date +%s) lines=$HISTORY_LINES awk '
      BEGIN {
        FS = OFS = "\037"
        now = ENVIRON["now"]; event = ENVIRON["event"]; run = ENVIRON["run"]; origin = ENVIRON["origin"]
        time = ENVIRON["begun"] == "" ? now : ENVIRON["begun"]
        result = ENVIRON["result"]; what = ENVIRON["what"]; most = ENVIRON["lines"]
      }
      { line[NR] = $0 }
      END {
        count = NR
        split(count ? line[count] : "", last)
        # A step that deploys and destroys share belongs to what its command has begun.
        if (event == "") event = last[3] != "" && last[4] == run && last[5] == origin ? last[3] : "deploy"
        if (last[3] == event && last[4] == run && last[5] == origin) {
          count--
          time = last[1]
          if (last[7] == "failed") result = "failed"
          what = index(", " last[8] ",", ", " what ",") ? last[8] : last[8] ", " what
        }
        for (i = (count >= most ? count - most + 2 : 1); i <= count; i++) print line[i]
        print time, now - time, event, run, origin, ENVIRON["image"], result, what
      }' >"$new_"
  mv -f -- "$new_" "$(history_file)"
)
