# What someone else has put on this host where the app would put its own: a NocoDB, and its site.
#
# Expects   manifest.
# Changes   nothing.

# The label of the app's own containers, as service-container.ts sets it.
OWN_LABEL=cdktf.environment

# nocodbs_by_hand: the containers that run NocoDB and are not the app's. One a line: NAME ID STATE IMAGE NETWORK...
# An image of NocoDB is also one of Node.js: with another program in it than the image's own, it is none.
nocodbs_by_hand() {
  # shellcheck disable=SC2016 # a Go template
  seen_=$(docker ps -aq --no-trunc | xargs -r docker inspect -f 'container {{.Name}} {{.Id}} {{.State.Status}} {{.Config.Image}}{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}
runs {{.Image}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}
{{with index .Config.Labels "'$OWN_LABEL'"}}own
{{end}}{{range .Config.Env}}env {{.}}
{{end}}' 2>/dev/null) || true
  {
    printf '%s\n' "$seen_" | awk '$1 == "runs" { print $2 }' | sort -u |
      xargs -r docker image inspect -f 'image {{.Id}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}' 2>/dev/null || true
    printf '%s\n' "$seen_"
  } | awk '
    function tell() { if (! own && (settings || (by_image && runs in image))) print line }
    $1 == "image" { image[substr($0, 7)] }
    $1 == "container" { tell(); line = substr($0, 12); own = settings = 0; by_image = ($5 ~ /(^|\/)nocodb([:@]|$)/) }
    $1 == "runs" { runs = substr($0, 6) }
    $1 == "own" { own = 1 }
    /^env NC_DOCKER=/ { by_image = 1 }
    /^env (NC_DB|NC_DB_JSON|NC_DB_JSON_FILE)=/ { settings = 1 }
    END { tell() }'
}

# is_by_hand CONTAINER: one of them?
is_by_hand() {
  by_hand=${by_hand-$(nocodbs_by_hand)}
  case "
$by_hand" in *"
$1 "*) return 0 ;; esac
  return 1
}

# taken NAME: what is noted of the NocoDB that was or is being taken over; empty where there is none. See taken-over.sh.
taken() {
  sed -n "s/^$1=//p" "${manifest%/*}/taken-over/about" 2>/dev/null || true
}

# sites_by_hand SITE FILE: where a Caddyfile serves the site without our marks, one block a line: FIRST LAST ADDRESS...
sites_by_hand() {
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
      else if (! plain && word == "}") { if (--depth == 0) { tell(); names = "" } }
      else if (depth == 0) {
        if (names != "" && NR != at && names !~ /,$/) names = ""
        if (names == "") first = NR
        names = names " " word
        at = NR
      }
    }
    function tell(   count, name, i, hit, host) {
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
