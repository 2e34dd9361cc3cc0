# Reads JSON with awk, because most hosts have no jq.
#
# Changes   nothing.
# Needs     remote-host/common.sh

# rows LIST FIELD... < JSON: prints one line for each element of the list at that path, or for the whole answer if LIST
# is `.`: its fields, each followed by $separator, empty if null or missing. A field is a path, too (`roles.super`).
# Escapes other than \" \\ and \/ stay as they are, so a value never contains a line break.
rows() {
  list_=$1
  shift
  list=$list_ fields=$* separator=$separator awk '
    BEGIN { RS = "\003"; list = ENVIRON["list"]; count = split(ENVIRON["fields"], field, " "); last = -1 }
    { text = text $0 }
    END {
      gsub(/[\t\r\n]/, " ", text)
      if (text !~ /^ *[[{]/) exit
      # Escaped backslashes and quotes are replaced by characters that JSON never holds unescaped.
      gsub(/\\\\/, "\001", text)
      gsub(/\\"/, "\002", text)
      parts = split(text, part, "\"")
      for (i = 1; i <= parts; i += 2) {
        outside(part[i])
        if (i + 2 > parts) break
        if (kind[depth] == "{" && ! valued[depth]) key[depth] = part[i + 1]
        else found(part[i + 1])
      }
      for (row = 0; row <= last; row++) {
        line = ""
        for (f = 1; f <= count; f++) line = line cell[row, field[f]] ENVIRON["separator"]
        gsub(/\\\//, "/", line)
        print line
      }
    }
    function outside(chunk,   token, tokens, t) {
      if (chunk != ":" && chunk != ",") gsub(/[][{}:,]/, " & ", chunk)
      tokens = split(chunk, token, " ")
      for (t = 1; t <= tokens; t++) met(token[t])
    }
    function met(token) {
      if (token == "{" || token == "[") { kind[++depth] = token; valued[depth] = 0; key[depth] = 0; if (depth == 1 && list == ".") last = 0 }
      else if (token == "}" || token == "]") depth--
      else if (token == ":") valued[depth] = 1
      else if (token == ",") { if (kind[depth] == "[") key[depth]++; else valued[depth] = 0 }
      else found(token == "null" ? "" : token)
    }
    function found(value,   path, d, row) {
      path = ""
      for (d = 1; d <= depth; d++) path = path (d > 1 ? "." : "") key[d]
      row = 0
      if (list != ".") {
        if (index(path, list ".") != 1) return
        path = substr(path, length(list) + 2)
        row = path; sub(/\..*/, "", row); row += 0
        sub(/^[^.]*\.?/, "", path)
        if (row > last) last = row
      }
      cell[row, path] = value
    }' | tr '\001\002' '\\"'
}
separator=$(printf '\037')

# field NAME < JSON: prints one field of the whole answer
field() {
  rows . "$1" | tr -d "$separator"
}

# json_text TEXT: prints it as a JSON string
json_text() {
  printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"
}
