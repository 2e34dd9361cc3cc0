# The consumers of NocoDB's API, and the lines that each one finds in its env file.
#
# Expects   $consumers: one setting a line, as `NAME KEY VALUE`, with the keys of the environment file:
#             openclaw role creator                       creator, viewer or super-admin
#             openclaw bases editor Production            role in a base, by its title; any number
#             openclaw envFile /opt/acme/configs/openclaw/openclaw.env
#             openclaw ownFile false                      false: marked lines in it; true: the whole file
#             openclaw missingFile error                  error or create
#             openclaw variables NOCODB_BASE_URL=http://…   beside the token; any number
#             openclaw container acme_openclaw
#             openclaw recreate docker compose …          may be missing
#           $deploy_user: owns an env file that is created; $records. Set record to the path of the consumers' record.
# Changes   nothing until a function is called.
# Needs     remote-host/record.sh remote-host/record-value.sh remote-host/marked-block.sh

# desired NAME KEY: prints the configured values
desired() {
  lines_after "$1 $2 " "$consumers"
}

# names: prints the configured consumers
names() {
  printf '%s\n' "$consumers" | sed 's/ .*//' | sort -u
}

is_desired() {
  names | grep -qxF -e "$1"
}

# places: prints where lines belong, as NAME true|false PATH
places() {
  for each_ in $(names); do printf '%s %s %s\n' "$each_" "$(desired "$each_" ownFile)" "$(desired "$each_" envFile)"; done
}

# The record holds the settings (`desired=…`), the places (`place=…`), bases (`base=ID TITLE`), and for each consumer what
# was created (`NAME KEY=…`).
recorded_consumers() {
  [ ! -f "$record" ] || sed -n 's/^desired=//p' "$record"
}

recorded_places() {
  [ ! -f "$record" ] || sed -n 's/^place=//p' "$record"
}

recorded() {
  [ ! -f "$record" ] || record_value "$1 $2"
}

# recorded_ids: prints the lines about tokens and bases
recorded_ids() {
  [ ! -f "$record" ] || grep -E '^([^ =]+ (token|given|roles)|base)=' "$record" || true
}

# email_of NAME: prints the address of its user. See api/users.ts.
email_of() {
  printf '%s@consumers.invalid' "$1"
}

# lines_in FILE OWN_FILE NAME: prints the consumer's lines in the file
lines_in() {
  [ -f "$1" ] || return 0
  if [ "$2" = true ]; then
    cat -- "$1"
  else
    set_marks "nocodb $3"
    current_block "$1"
  fi
}

# token_of < lines: prints the token
token_of() {
  sed -n 's/^NOCODB_API_TOKEN=//p' | tail -n 1
}

# put_file FILE OWN_FILE < content: writes it in one step, so no one reads half of it. Owner, mode and attributes stay,
# and a link still points to the file; a new file belongs to the deploy user, 0600. An own file is always 0600, and a
# link in its place is replaced, because its target is not ours.
put_file() {
  file=$1
  [ "$2" = true ] || file=$(readlink -f -- "$1") || fail "$1 is a broken link: correct it, and deploy again"
  rm -f -- "${file%/*}/.${file##*/}.nocodb".??????
  new_file=$(mktemp -- "${file%/*}/.${file##*/}.nocodb.XXXXXX") || cannot_write "$1"
  if [ -f "$file" ] && [ ! -L "$file" ]; then
    cp --preserve=all --attributes-only -- "$file" "$new_file"
  else
    chown -- "$(owner_ids "$deploy_user")" "$new_file"
  fi
  [ "$2" = false ] || chmod 0600 -- "$new_file"
  cat >"$new_file" || cannot_write "$1"
  if [ "$2" = false ] && [ -f "$file" ] && cmp -s -- "$file" "$new_file"; then
    rm -f -- "$new_file"
  else
    mv -f -- "$new_file" "$file" || cannot_write "$1"
  fi
}

cannot_write() {
  fail "$1 cannot be written and was not changed: the reason is above. Fix that, and deploy again."
}

# put_lines FILE OWN_FILE NAME < lines: writes the consumer's lines
put_lines() {
  candidate=$(scratch)
  if [ "$2" = true ]; then
    cat >"$candidate"
  else
    set_marks "nocodb $3"
    existing=$1
    [ -f "$1" ] || existing=/dev/null
    file_with_block "$existing" >"$candidate"
  fi
  put_file "$1" "$2" <"$candidate"
  rm -f -- "$candidate"
}

# remove_lines FILE OWN_FILE NAME: removes the consumer's lines; the rest stays byte for byte the same
remove_lines() {
  [ -f "$1" ] || return 0
  if [ "$2" = true ]; then
    rm -f -- "$1"
    return
  fi
  set_marks "nocodb $3"
  locate_block "$1"
  [ "$begin" -gt 0 ] || return 0
  candidate=$(scratch)
  file_without_block "$1" >"$candidate"
  put_file "$1" false <"$candidate"
  rm -f -- "$candidate"
}

# container_has CONTAINER < lines: whether it was created with all of them
container_has() {
  env_=$(inspected "$1" env) || return 1
  while IFS= read -r line_; do
    case "
$env_
" in *"
$line_
"*) ;; *) return 1 ;; esac
  done
}
