# Sites in a Caddyfile that this app did not write.
#
# Changes   nothing.
# Needs     remote-host/marked-block.sh

# unmanaged_sites SITE FILE: prints a line FIRST LAST ADDRESS... for each block outside our marks that serves the site
unmanaged_sites() {
  set_marks "$1"
  locate_block "$2"
  site=$1 ours="$begin $end" awk '
    BEGIN { split(ENVIRON["ours"], our, " ") }
    function ended() {
      if (token != "" || quoted) met(token, quoted)
      token = ""; quoted = 0
    }
    function met(word, plain) {
      if (! plain && word == "{") depth++
      else if (! plain && word == "}") { if (--depth == 0) { print_it(); names = "" } }
      else if (depth == 0) {
        if (names != "" && NR != at && names !~ /,$/) names = ""
        if (names == "") first = NR
        names = names " " word
        at = NR
      }
    }
    function print_it(   count, name, i, hit, host) {
      gsub(/,/, "", names)
      count = split(names, name, " ")
      for (i = 1; i <= count; i++) {
        host = name[i]
        sub(/^https?:\/\//, "", host); sub(/[:\/].*/, "", host)
        hit = hit || tolower(host) == tolower(ENVIRON["site"])
      }
      if (hit && (first < our[1] || first > our[2])) print first, NR names
    }
    heredoc != "" {
      text = $0; sub(/^[ \t]+/, "", text)
      if (index(text, heredoc) == 1) heredoc = ""
      next
    }
    {
      for (c = 1; c <= length($0); c++) {
        char = substr($0, c, 1)
        if (mark != "") {
          if (mark == "\"" && char == "\\") c++
          else if (char == mark) mark = ""
        } else if (char == " " || char == "\t" || char == "\r") ended()
        else if (token == "" && ! quoted && char == "#") break
        else if (token == "" && ! quoted && (char == "\"" || char == "`")) { mark = char; quoted = 1 }
        else token = token char
      }
      if (mark != "") next
      if (! quoted && token ~ /^<<[A-Za-z0-9_-]+$/) heredoc = substr(token, 3)
      ended()
    }' "$2"
}
