# The configuration that Caddy runs, and the one that its Caddyfile yields.
#
# Both are compared as lines `PATH VALUE`, one for each value of the JSON.
#
# Expects   $caddy: container; $caddyfile: path on this host; $records.
# Changes   nothing. Call open_caddy first.
# Needs     caddy-site/admin.sh caddy-site/mounts.sh remote-host/record.sh

# adapted [TEXT]: prints what the Caddyfile yields, with TEXT behind it
adapted() {
  [ -n "${caddyfile_text_-}" ] || caddyfile_text_=$(whole_caddyfile)
  json_=$(ask_caddy POST /adapt "$caddyfile_text_
${1-}") || return
  printf '%s\n' "$json_" | flattened | sed -n 's/^result\.//p'
}

# running: prints what Caddy runs
running() {
  json_=$(ask_caddy GET /config/) || return
  # An empty configuration is `{}` or null.
  printf '%s\n' "$json_" | flattened | sed '/^ /d'
}

# whole_caddyfile: prints a text that stands for the Caddyfile. If it is imported, its own imports are relative to it.
whole_caddyfile() {
  if is_current_in_caddy "$caddyfile"; then printf 'import %s' "$main"; else absolute_imports <"$caddyfile"; fi
}

# absolute_imports < Caddyfile: prints it with the directory of the Caddyfile in front of relative paths of imports. The
# name of a snippet stays.
absolute_imports() {
  directory=${main%/*} awk '
    { line[NR] = $0 }
    /^\(.*\)[ \t]*\{/ { snippet[substr($1, 2, index($1, ")") - 2)] = 1 }
    END {
      for (i = 1; i <= NR; i++) {
        count = split(line[i], word, /[ \t\r]+/)
        first = word[1] == "" ? 2 : 1
        path = word[first + 1]
        if (word[first] == "import" && ! (path in snippet) && path ~ /^[^\/"`{]*[.\/*]/ && path !~ /^\//)
          sub(/import[ \t]+/, "&" ENVIRON["directory"] "/", line[i])
        print line[i]
      }
    }'
}

# flattened < JSON: prints a line PATH VALUE for each value, sorted. The files that file_server hides are left out: they
# are the names of the Caddyfile, which depend on how it was loaded.
flattened() {
  grep -oE '"([^"\\]|\\.)*"|[][{},:]|[^][{}",:[:space:]]+' | awk '
    function here() { return (prefix[depth] == "" ? "" : prefix[depth] ".") (kind[depth] == "{" ? key[depth] : number[depth]) }
    function value(text) {
      empty[depth] = 0
      gsub(/\\u003c/, "<", text); gsub(/\\u003e/, ">", text); gsub(/\\u0026/, "\\&", text)
      if (path !~ /\.hide\.[0-9]+$/) print path, text
    }
    $0 == "{" || $0 == "[" {
      path = depth ? here() : ""
      empty[depth] = 0
      depth++
      prefix[depth] = path; kind[depth] = $0; number[depth] = 0; empty[depth] = 1; named = 0
      next
    }
    $0 == "}" || $0 == "]" { path = prefix[depth]; if (empty[depth] && path !~ /\.hide$/) value(kind[depth] $0); depth--; next }
    $0 == "," { number[depth]++; named = 0; next }
    $0 == ":" { next }
    depth && kind[depth] == "{" && ! named { key[depth] = substr($0, 2, length($0) - 2); named = 1; next }
    { path = depth ? here() : ""; value($0) }' | sort
}

# names_in < lines: prints the host names of the sites
names_in() {
  sed -nE 's/^.*\.match\.[0-9]+\.host\.[0-9]+ "(.*)"$/\1/p' | sort -u
}

# has_site SITE < lines: whether one of the sites has that name
has_site() {
  names_in | grep -qxF -e "$1"
}

# servers_of SITE < lines: prints a line SITE PORT for each port at which the site is served
servers_of() {
  awk -v site="\"$1\"" '
    $1 ~ /^apps\.http\.servers\.[^.]+\.listen\./ { split($1, part, "."); gsub(/"/, "", $2); sub(/.*:/, "", $2); ports[part[4]] = ports[part[4]] " " $2 }
    $1 ~ /\.match\.[0-9]+\.host\.[0-9]+$/ && $2 == site { split($1, part, "."); hit[part[4]] = 1 }
    END {
      for (server in hit) {
        count = split(ports[server], port, " ")
        for (i = 1; i <= count; i++) { sub(/-.*/, "", port[i]); print substr(site, 2, length(site) - 2), port[i] }
      }
    }' | sort -u
}

# check_running NOW: fails if Caddy runs something else than the Caddyfile yields (NOW), because a reload would lose it.
# What this app has loaded last may be reloaded: someone has edited the Caddyfile since then.
check_running() {
  running_=$(running) || exit 1
  [ "$running_" != "$1" ] || return 0
  ! grep -qsxF -e "loaded=$(printf '%s\n' "$running_" | fingerprint running)" -- "$records"/* || return 0
  more_=$(only_in "$running_" "$1") less_=$(only_in "$1" "$running_")
  differs_=
  [ -z "$more_" ] || differs_=" It serves $more_, which the Caddyfile does not have."
  [ -z "$less_" ] || differs_="$differs_ It does not serve $less_, which the Caddyfile has."
  [ -n "$differs_" ] || differs_=" They differ in $(first_difference "$running_" "$1")."
  fail "Caddy in container $caddy runs something else than $caddyfile yields, and a reload would change that.$differs_ If the Caddyfile is right, as after an edit without a reload: docker restart $caddy. If not, put into the Caddyfile what came through the admin API or another program (such as caddy-docker-proxy), or deploy to a Caddy that only its Caddyfile configures."
}

# only_in LINES OTHERS: prints the host names that only LINES have
only_in() {
  others_=$(printf '%s\n' "$2" | names_in)
  printf '%s\n' "$1" | names_in | grep -vxF -e "$others_" | head -n 10 | paste -s -d ' ' -
}

# first_difference LINES OTHERS: prints the paths of up to two values that differ; a value may be secret
first_difference() {
  printf '%s\n%s\n' "$1" "$2" | sort | uniq -u | cut -d ' ' -f 1 | uniq | head -n 2 | paste -s -d ' ' -
}
