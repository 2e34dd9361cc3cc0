# The rights of consumers, asked from NocoDB with each one's own token: for plans. A deploy asks more; see api/rights.ts.
#
# Expects   $consumers; $record; $database_container, $superuser: of the PostgreSQL that reads the answers.
# Changes   nothing.
# Needs     nocodb/consumers/lib.sh nocodb/consumers/ask.sh postgres-database/sql.sh

ME=/api/v1/auth/user/me
BASES=/api/v2/meta/bases

# read_rights: sets rights to lines about the tokens of all consumers:
#   openclaw holder openclaw@consumers.invalid     whose token it is
#   openclaw roles org-level-creator               the roles that do not belong to a base
#   openclaw sees ID ROLE TITLE                    a base in its list, and its role there
#   openclaw is ID ROLE                            its role in a base on record, inherited or its own
#   openclaw answered STATUS PATH                  an answer that is neither success nor a refusal
read_rights() {
  quote_=\$json$(new_salt)\$
  values_=$(for each_ in $(names); do answers_of "$each_"; done)
  rights=
  [ -n "$values_" ] || return 0
  rights=$(sql "$database_container" "$superuser" <<SQL
WITH given (name, path, status, body) AS (VALUES ${values_#,}),
answer AS (SELECT name, path, status, CASE status WHEN 200 THEN body::json ELSE '{}'::json END AS json FROM given),
role AS (
  SELECT name, path, place, key AS role
  FROM answer, unnest(ARRAY['roles', 'workspace_roles', 'base_roles']) AS place,
    json_each_text(CASE json_typeof(json -> place) WHEN 'object' THEN json -> place ELSE '{}' END)
  WHERE path LIKE '$ME%' AND value = 'true' AND key <> 'no-access')
SELECT name || ' holder ' || (json ->> 'email') FROM answer WHERE path = '$ME'
UNION ALL
SELECT name || ' roles ' || string_agg(role, ',' ORDER BY role) FROM role WHERE path = '$ME' AND place <> 'base_roles' GROUP BY name
UNION ALL
SELECT name || ' sees ' || (base ->> 'id') || ' '
  || replace(coalesce(nullif(base ->> 'project_role', 'inherit'), base ->> 'workspace_role', 'unknown'), 'workspace-level-', '')
  || ' ' || translate(base ->> 'title', E'\n\r', '  ')
FROM answer, json_array_elements(json -> 'list') AS base WHERE path = '$BASES'
UNION ALL
SELECT name || ' is ' || split_part(path, '=', 2) || ' ' || role FROM role WHERE path <> '$ME' AND place = 'base_roles'
UNION ALL
SELECT name || ' answered ' || status || ' to GET ' || path FROM given WHERE status NOT IN (200, 401, 403, 404);
SQL
  )
}

# answers_of NAME: prints the answers to a consumer's token as rows of SQL, quoted by $quote_; nothing if it has none
answers_of() {
  token=$(lines_in "$(desired "$1" envFile)" "$(desired "$1" ownFile)" "$1" | token_of)
  # Every token looks like this, and a server refuses a longer header before it reads the token.
  case $token in '' | *[!A-Za-z0-9_-]*) return 0 ;; esac
  [ "${#token}" -le 500 ] || return 0
  name_=$1
  # shellcheck disable=SC2046 # ids have no blanks
  set -- "$ME" "$BASES" $(sed -n "s|^base=\([^ ]*\) .*|$ME?base_id=\1|p" "$record")
  { ask "$token" "$@" || true; } | quote=$quote_ name=$name_ paths="$*" awk '
    BEGIN { RS = "\036"; split(ENVIRON["paths"], path, " "); quote = ENVIRON["quote"] }
    /[^\n]/ {
      at = match($0, /\n[0-9]+$/)
      status = at ? substr($0, at + 1) : 0
      printf ",(\047%s\047, \047%s\047, %d, %s%s%s)", ENVIRON["name"], path[NR], status, quote, at ? substr($0, 1, at - 1) : "", quote
    }'
}

# drift_api_rights: adds what differs in the rights of $name
drift_api_rights() {
  holder=$(right holder) unknown=$(right answered | head -n 1)
  if [ -n "$unknown" ]; then
    add_drift "NocoDB $(info_value version) answered $unknown with the token of $name"
  elif [ -z "$holder" ]; then
    add_drift "token of $name refused"
  elif [ "$(desired "$name" role)" != super-admin ]; then
    [ "$holder" = "$(email_of "$name")" ] || add_drift "token of $name belongs to $holder"
    [ "$(right roles)" = "$(recorded "$name" roles)" ] || add_drift "roles of $name are $(right roles) instead of $(recorded "$name" roles)"
    drift_bases
  fi
}

# right KEY: prints the values for $name
right() {
  lines_after "$name $1 " "$rights"
}

# drift_bases: compares the roles of $name in bases. A user owns the bases that it has created.
drift_bases() {
  given=$(recorded "$name" given)
  for base in $({ right sees && right is && printf '%s\n' "$given"; } | sed 's/ .*//' | sort -u); do
    role=$(right is | sed -n "s/^$base //p")
    [ -n "$role" ] || role=$(right sees | sed -n "s/^$base \([^ ]*\) .*/\1/p")
    wanted=$(printf '%s\n' "$given" | sed -n "s/^$base //p")
    # A deploy asks more; a version that does not name a role here has not drifted.
    case $role in owner | "$wanted") continue ;; unknown) [ -z "$wanted" ] || continue ;; esac
    title=$(sed -n "s/^base=$base //p" "$record")
    [ -n "$title" ] || title=$(right sees | sed -n "s/^$base [^ ]* //p")
    if [ -n "$wanted" ]; then add_drift "$name is ${role:-nobody} in base '$title', not $wanted"; else add_drift "$name is $role in base '$title', which it was not given"; fi
  done
}
