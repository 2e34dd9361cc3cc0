# The consumers of NocoDB's API, and the lines that each finds in its env file. See block.sh, json.sh, nocodb-api.sh.
#
# Expects   consumers: what is wanted, one a line, as `NAME KEY VALUE`:
#             openclaw role creator                       creator, viewer or super-admin
#             openclaw base editor Production             role in a base of others, by its title; any number
#             openclaw env_file /opt/acme/configs/openclaw/openclaw.env
#             openclaw keeps block                        block: marked lines in it; file: the whole file
#             openclaw missing error                      what a missing file is: error, create
#             openclaw line NOCODB_BASE_URL=http://…      beside the token; any number
#             openclaw container acme_openclaw
#             openclaw recreate docker compose …          may be missing
#           record: path of the notes on what is there; deploy_user; manifest.
# Changes   nothing until a function is called.

# wanted NAME KEY: the values
wanted() {
  printf '%s\n' "$consumers" | sed -n "s/^$1 $2 //p"
}

names() {
  printf '%s\n' "$consumers" | sed 's/ .*//' | sort -u
}

is_wanted() {
  names | grep -qxF -e "$1"
}

# places: where lines stand, one a line, as NAME block|file PATH
places() {
  for each_ in $(names); do printf '%s %s %s\n' "$each_" "$(wanted "$each_" keeps)" "$(wanted "$each_" env_file)"; done
}

# The record holds what was wanted (`wanted=…`), the places, and for each consumer what was left (`NAME KEY=…`).
was_wanted() {
  [ ! -f "$record" ] || sed -n 's/^wanted=//p' "$record"
}

left_places() {
  [ ! -f "$record" ] || sed -n 's/^place=//p' "$record"
}

left() {
  [ ! -f "$record" ] || sed -n "s/^$1 $2=//p" "$record"
}

# A domain that no mail reaches (RFC 2606), so nobody else has such an account.
email_domain=consumers.invalid
email_of() {
  printf '%s@%s' "$1" "$email_domain"
}

description_of() {
  printf '%s (kept by cdktf)' "$1"
}

org_role() {
  printf 'org-level-%s' "$1"
}

# lines_in FILE block|file NAME: the consumer's lines as they stand there
lines_in() {
  [ -f "$1" ] || return 0
  if [ "$2" = file ]; then
    cat -- "$1"
  else
    set_marks "nocodb $3"
    block_now "$1"
  fi
}

token_of() {
  sed -n 's/^NOCODB_API_TOKEN=//p' | tail -n 1
}

# put_file FILE block|file < content: in one step, so that nobody reads half of it. Owner, mode and all that hangs on a
# file stay, and a link goes on leading to it; a new one is the deploy user's, 0600. An own file is 0600 at any moment, and
# a link in its place leads to a file that is not ours.
put_file() {
  file=$1
  [ "$2" = file ] || file=$(readlink -f -- "$1") || fail "$1 is a link that leads nowhere: correct it, and deploy again"
  rm -f -- "${file%/*}/.${file##*/}.nocodb".??????
  new_file=$(mktemp -- "${file%/*}/.${file##*/}.nocodb.XXXXXX") || cannot_write "$1"
  if [ -f "$file" ] && [ ! -L "$file" ]; then
    cp --preserve=all --attributes-only -- "$file" "$new_file"
  else
    chown -- "$(owner_ids "$deploy_user")" "$new_file"
  fi
  [ "$2" = block ] || chmod 0600 -- "$new_file"
  cat >"$new_file" || cannot_write "$1"
  if [ "$2" = block ] && [ -f "$file" ] && cmp -s -- "$file" "$new_file"; then
    rm -f -- "$new_file"
  else
    mv -f -- "$new_file" "$file" || cannot_write "$1"
  fi
}

cannot_write() {
  fail "$1 cannot be written, and was left as it was: the reason stands above. Mend it, and deploy again."
}

# put_lines FILE block|file NAME < lines
put_lines() {
  candidate=$(scratch)
  if [ "$2" = file ]; then
    cat >"$candidate"
  else
    set_marks "nocodb $3"
    there=$1
    [ -f "$1" ] || there=/dev/null
    file_with_block "$there" >"$candidate"
  fi
  put_file "$1" "$2" <"$candidate"
  rm -f -- "$candidate"
}

# take_lines FILE block|file NAME: the file is to the byte what it was before them
take_lines() {
  [ -f "$1" ] || return 0
  if [ "$2" = file ]; then
    rm -f -- "$1"
    return
  fi
  set_marks "nocodb $3"
  locate_block "$1"
  [ "$begin" -gt 0 ] || return 0
  candidate=$(scratch)
  file_without_block "$1" >"$candidate"
  put_file "$1" block <"$candidate"
  rm -f -- "$candidate"
}

# container_has CONTAINER < lines: was it created with all of them?
container_has() {
  environment=$(docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' -- "$1" 2>/dev/null) || return 1
  while IFS= read -r line_; do
    case "
$environment
" in *"
$line_
"*) ;; *) return 1 ;; esac
  done
}
