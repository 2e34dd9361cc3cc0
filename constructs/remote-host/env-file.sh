# Env files on this host: lines NAME=value, without quoting. A value ends at the end of its line.
#
# Changes   nothing.
# Needs     remote-host/common.sh

# env_value FILE NAME: prints the value of a variable
env_value() (
  held_=
  while IFS= read -r line_ || [ -n "$line_" ]; do
    case $line_ in "$2="*) held_=${line_#*=} ;; esac
  done <"$1"
  printf '%s\n' "$held_"
)

# masked FILE [at once]: copies standard input without colours, and masks every value in the file: plain,
# percent-encoded, or as in JSON. Values under 6 characters stay, because masking them would hide half the text. With
# `at once` each line is printed as soon as it is there.
masked() {
  # mawk waits for a full buffer otherwise; other kinds of awk do not know the option.
  if [ -n "${2-}" ] && awk -W version </dev/null 2>&1 | grep -q '^mawk'; then option_='-W interactive'; else option_=; fi
  # shellcheck disable=SC2086 # two words or none
  awk $option_ -v file="$1" -v at_once="${2-}" '
    function encoded(text,   i, c, out) {
      out = ""
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        out = out (c ~ /[A-Za-z0-9._~!*\047()-]/ ? c : hex[c])
      }
      return out
    }
    function add(value) {
      secret[++count] = value
      if (encoded(value) != value) secret[++count] = encoded(value)
      if (value ~ /["\\]/) {
        gsub(/["\\]/, "\\\\&", value)
        secret[++count] = value
      }
    }
    function hide(text, value,   at, out) {
      out = ""
      while ((at = index(text, value)) > 0) {
        out = out substr(text, 1, at - 1) "********"
        text = substr(text, at + length(value))
      }
      return out text
    }
    BEGIN {
      for (i = 1; i < 256; i++) hex[sprintf("%c", i)] = sprintf("%%%02X", i)
      while ((getline value < file) > 0) {
        sub(/^[^=]*=/, "", value)
        if (length(value) >= 6) add(value)
      }
      # The longest comes first: a secret that another one begins with would leave the rest of that one.
      for (i = 2; i <= count; i++) {
        value = secret[i]
        for (j = i - 1; j > 0 && length(secret[j]) < length(value); j--) secret[j + 1] = secret[j]
        secret[j + 1] = value
      }
    }
    { gsub(/\033\[[0-9;]*m/, ""); for (i = 1; i <= count; i++) $0 = hide($0, secret[i]); print; if (at_once) fflush() }'
}
