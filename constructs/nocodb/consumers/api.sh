# NocoDB's documented API, used as the super admin. Nothing is written into NocoDB's own tables.
#
# Expects   $api_container: NocoDB's container; $port; $env_file: holds the super admin's name and password.
# Changes   nothing until a function is called.
# Needs     nocodb/consumers/json.sh remote-host/env-file.sh
#
# The answers were observed with 0.301.3 and read in the sources of the calendar versions up to 2026.08. If an answer
# differs, the script fails with the request and the status.
#
#   request                                     answer                              differences
#   GET  /api/v1/db/meta/nocodb/info            version, inviteOnlySignup           400 while the database is away
#   POST /api/v1/auth/user/signin               token (a session, as xc-auth)
#   GET  POST /api/v1/app-settings              invite_only_signup                  no variable sets it: 0.301.3 and 2026.08.2 ignore
#                                                                                   NC_INVITE_ONLY_SIGNUP; POST keeps the settings it
#                                                                                   does not name (0.301.3), or drops them (sources)
#   GET  POST /api/v1/users, PATCH DELETE …/ID  list of id, email, roles,           with mail set up: no invite_token in the answer to
#                                               invite_token                        POST, only in the list
#   POST /api/v1/auth/user/signup               token (a session)                   with an invite_token; it is valid for 24 h
#   POST /api/v1/users/ID/generate-reset-url    reset_password_token
#   POST /api/v1/auth/password/reset/TOKEN      200
#   GET  POST /api/v1/tokens, DELETE …/ID       list of id, token, description,     calendar versions may hide the value of a token,
#                                               fk_user_id, expiry                  and had tokens that expire (2026.04.1, #13541)
#   GET  /api/v1/auth/user/me                   email, roles                        200 and no email for a bad token
#   GET  /api/v2/meta/bases                     list of id, title; 401 for a bad    403 for good ones in 2026.04.3 (#13734)
#                                               token
#   …/bases/ID/users                            users.list of id, roles
#   DELETE /api/v2/meta/cache                   true                                a revoked token is accepted until then (CVE-2026-46554,
#                                                                                   fixed in 2026.04.4)

# open_api: sets api to the address at which this host reaches NocoDB, and version; fails if it does not answer
open_api() {
  answer="it is not running"
  for address in $(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' -- "$api_container" 2>/dev/null); do
    api=http://$address:$port
    credential=
    if request GET /api/v1/db/meta/nocodb/info && [ "$http_status" = 200 ]; then
      version=$(printf '%s' "$answer" | field version)
      invite_only=$(printf '%s' "$answer" | field inviteOnlySignup)
      return
    fi
    # A NocoDB that hangs does so at each of its addresses.
    case $answer in 'curl: (28)'*) return 1 ;; esac
  done
  return 1
}

newline='
'

# request METHOD PATH [JSON]: sets http_status and answer; credential is a header or empty. Everything goes to curl on
# standard input, without a .curlrc or a proxy. NocoDB may answer late, because requests that waited at Caddy come
# first.
request() {
  requested="$1 $2"
  output=$({
    printf 'request = %s\nurl = %s\n' "$1" "$(json_text "$api$2")"
    printf 'header = "content-type: application/json"\n'
    [ -z "$credential" ] || printf 'header = %s\n' "$(json_text "$credential")"
    [ -z "${3-}" ] || printf 'data-raw = %s\n' "$(json_text "$3")"
  } | curl -q --noproxy '*' -sS -m "${timeout-60}" -K - -w '\n%{http_code}' 2>&1) || {
    # A partial answer is dropped, because it may contain a token.
    http_status=none answer=$(printf '%s\n' "$output" | sed -n 's/.*\(curl: ([0-9]*)\)/\1/p' | tail -n 1)
    return 1
  }
  http_status=${output##*"$newline"}
  answer=${output%"$newline"*}
}

# as_admin METHOD PATH [JSON]: a request as the super admin; fails without an answer
as_admin() {
  credential=$admin
  request "$@" || fail "NocoDB stopped answering: $answer"
}

# expect STATUS ACTION: the last request must have that status
expect() {
  [ "$http_status" = "$1" ] || unknown_answer "$2"
}

# unknown_answer ACTION: fails with the last request, without what follows /reset/, which is a credential
unknown_answer() {
  reason=$(printf '%s' "$answer" | field message)
  [ -n "$reason" ] || reason=$(printf '%s' "$answer" | field msg)
  fail "NocoDB $version did not $1: it answered $http_status${reason:+ \"$reason\"} to ${requested%/reset/*}, which this app does not expect. Is this version newer than those that the app was tested with?"
}

# sign_in EMAIL PASSWORD: sets http_status, and session if that is 200
sign_in() {
  credential=
  request POST /api/v1/auth/user/signin "{\"email\":$(json_text "$1"),\"password\":$(json_text "$2")}" || fail "NocoDB stopped answering: $answer"
  session="xc-auth: $(printf '%s' "$answer" | field token)"
}

# sign_in_admin: with the name and password in $env_file; sets admin, admin_id and admin_email
sign_in_admin() {
  admin_email=$(env_value "$env_file" NC_ADMIN_EMAIL)
  sign_in "$admin_email" "$(env_value "$env_file" NC_ADMIN_PASSWORD)"
  case $http_status in
    200) admin=$session ;;
    400 | 401) fail "The super admin $admin_email cannot sign in with the password in $env_file: it was changed in NocoDB. Either have NocoDB set it back to that of the file (docker restart $api_container), or give the current one in TF_VAR_nocodb_admin_password, and deploy again." ;;
    *) unknown_answer "let the super admin sign in" ;;
  esac
  as_admin GET /api/v1/auth/user/me
  expect 200 "say who the super admin is"
  admin_id=$(printf '%s' "$answer" | field id) admin_email=$(printf '%s' "$answer" | field email)
}

# close_sign_up: allows only invited users. The other settings are sent as well, because some versions drop those that a
# POST does not name.
close_sign_up() {
  [ "$invite_only" != true ] || return 0
  as_admin GET /api/v1/app-settings
  expect 200 "show its settings"
  settings=$(printf '%s' "$answer" | sed -e 's/"invite_only_signup" *: *[a-z]*,\{0,1\}//' -e 's/^{/{"invite_only_signup":true,/' -e 's/, *}$/}/')
  as_admin POST /api/v1/app-settings "$settings"
  expect 200 "close its sign-up"
  as_admin GET /api/v1/db/meta/nocodb/info
  [ "$(printf '%s' "$answer" | field inviteOnlySignup)" = true ] || unknown_answer "close its sign-up"
  echo "sign-up: closed"
}

# read_users DOMAIN, read_bases, read_tokens: set users, bases and tokens to one row for each
read_users() {
  as_admin GET "/api/v1/users?limit=1000&query=%40$1"
  expect 200 "list its users"
  users=$(printf '%s' "$answer" | rows list id email roles invite_token)
}

read_bases() {
  as_admin GET /api/v2/meta/bases
  expect 200 "list its bases"
  bases=$(printf '%s' "$answer" | rows list id title)
}

read_tokens() {
  as_admin GET '/api/v1/tokens?limit=1000'
  expect 200 "list its tokens"
  tokens=$(printf '%s' "$answer" | rows list id token description fk_user_id expiry)
}

# find_user EMAIL: sets user_id, user_roles and invite_token, empty if the user does not exist
find_user() {
  user_id='' user_roles='' invite_token=''
  while IFS=$separator read -r id_ email_ roles_ invite_; do
    [ "$email_" != "$1" ] || user_id=$id_ user_roles=$roles_ invite_token=${invite_%"$separator"}
  done <<LIST
$users
LIST
}

# ensure_user EMAIL ROLE: creates the user or changes its role; sets user_id
ensure_user() {
  find_user "$1"
  if [ -z "$user_id" ]; then
    as_admin POST /api/v1/users "{\"email\":$(json_text "$1"),\"roles\":\"$2\"}"
    expect 200 "add user $1"
    read_users "${1#*@}"
    find_user "$1"
    [ -n "$user_id" ] || unknown_answer "list the user $1 that it has just added"
  elif [ "$user_roles" != "$2" ]; then
    as_admin PATCH "/api/v1/users/$user_id" "{\"email\":$(json_text "$1"),\"roles\":\"$2\"}"
    expect 200 "change the role of user $1 to $2"
  fi
}

# open_session EMAIL: sets session to one of the user that find_user found. Nobody knows or needs its password. An
# invitation is used up, because everyone who can list the users of a base can read it.
open_session() {
  password=$(new_salt)
  if [ -n "$invite_token" ]; then
    credential=
    request POST /api/v1/auth/user/signup "{\"email\":$(json_text "$1"),\"password\":\"$password\",\"token\":$(json_text "$invite_token")}" || fail "NocoDB stopped answering: $answer"
    session="xc-auth: $(printf '%s' "$answer" | field token)"
    [ "$http_status" != 200 ] || return 0
  fi
  as_admin POST "/api/v1/users/$user_id/generate-reset-url"
  expect 200 "let the password of user $1 be set"
  as_admin POST "/api/v1/auth/password/reset/$(printf '%s' "$answer" | field reset_password_token)" "{\"password\":\"$password\"}"
  expect 200 "set the password of user $1"
  sign_in "$1" "$password"
  expect 200 "let user $1 sign in"
}

# create_token DESCRIPTION: creates it for the user of $session; sets token and token_id
create_token() {
  credential=$session
  request POST /api/v1/tokens "{\"description\":$(json_text "$1")}" || fail "NocoDB stopped answering: $answer"
  expect 200 "create a token"
  token=$(printf '%s' "$answer" | field token)
  token_id=$(printf '%s' "$answer" | field id)
  expiry=$(printf '%s' "$answer" | field expiry)
  case $token in '' | *[!A-Za-z0-9_-]*) unknown_answer "create a token of letters, digits, _ and -" ;; esac
  [ -n "$token_id" ] || unknown_answer "say which token it has created"
  [ -z "$expiry" ] || unknown_answer "create a token that does not expire (this one does: $expiry)"
}

# holder_of TOKEN: sets holder (an email address, empty for an invalid token) and holder_role
holder_of() {
  holder='' holder_role=none
  # Every token looks like this, and a server refuses a longer header before it reads the token.
  case $1 in '' | *[!A-Za-z0-9_-]*) return 0 ;; esac
  [ "${#1}" -le 500 ] || return 0
  credential="xc-token: $1"
  request GET /api/v1/auth/user/me || fail "NocoDB stopped answering: $answer"
  case $http_status in
    200)
      holder=$(printf '%s' "$answer" | field email)
      for role_ in viewer creator; do
        [ "$(printf '%s' "$answer" | field "roles.org-level-$role_")" != true ] || holder_role=$role_
      done
      ;;
    401 | 403) ;;
    *) unknown_answer "say whose token it is" ;;
  esac
}

# can_read TOKEN PATH: whether the token can read the path
can_read() {
  credential="xc-token: $1"
  request GET "$2" || fail "NocoDB stopped answering: $answer"
  [ "$http_status" = 200 ]
}

# revoke_all USER_ID DESCRIPTION [ID]: deletes the user's tokens of that description, except ID; adds their values to
# revoked
revoke_all() {
  while IFS=$separator read -r id_ value_ description_ user_ _; do
    if [ "$user_ $description_" != "$1 $2" ] || [ "$id_" = "${3-}" ]; then continue; fi
    as_admin DELETE "/api/v1/tokens/$id_"
    expect 200 "delete token $id_"
    revoked="$revoked $value_"
  done <<LIST
$tokens
LIST
}

# empty_cache: NocoDB keeps tokens in its memory, and accepts deleted ones until then
empty_cache() {
  as_admin DELETE /api/v2/meta/cache
  expect 200 "empty its cache"
}
