# SQL in a PostgreSQL, as its administrator.
#
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh postgres-database/server.sh

# sql SERVER SUPERUSER [psql options] < statements: prints the answers. SERVER: see server.sh. In a container it needs no
# password: the socket there is trusted, which the requirements check before anything changes. PostgreSQL's messages are
# printed only if the command fails: otherwise they would mix with the answers, such as the warning about another
# collation version at every connection.
sql() {
  if [ "$1 $2" = "${session_of_-}" ]; then sql_in_session "$@"; else sql_alone "$@"; fi
}

# sql_alone SERVER SUPERUSER [psql options] < statements: through a connection of its own
sql_alone() {
  {
    messages_=$(psql_in "$@" 2>&1 >&3)
  } 3>&1 && return
  status_=$?
  printf '%s\n' "$messages_" >&2
  return "$status_"
}

# psql_in SERVER SUPERUSER [psql options] < statements
psql_in() {
  container_=$1 superuser_=$2
  shift 2
  server_program "$container_" "$superuser_" psql -X -q -A -t -v ON_ERROR_STOP=1 -d postgres "$@"
}

# open_sql_session SERVER SUPERUSER: until this script ends, `sql` asks that server through one connection, one
# question after another: psql takes longer to start in a container than most answers. Not for statements that change
# something. Uses the descriptors 5 (questions), 6 (answers) and 7 (the state of the session, then psql's messages).
open_sql_session() {
  pipes_=$(mktemp -d) && mkfifo -- "$pipes_/questions" "$pipes_/answers" && echo new >"$pipes_/state" || return 0
  exec 5<>"$pipes_/questions" 6<>"$pipes_/answers" 7<>"$pipes_/state"
  rm -rf -- "$pipes_"
  session_of_="$1 $2"
  {
    code_=0 limit_=120
    psql_in "$1" "$2" || code_=$?
    printf '%s ended %s\n' "$session_mark_" "$code_"
  } </proc/self/fd/5 >/proc/self/fd/6 2>>/proc/self/fd/7 5>&- 6>&- 7>&- &
}

# sql_in_session SERVER SUPERUSER [psql options] < statements: as `sql`, in the session. An error in a statement ends
# it, and each later question has a connection of its own; if PostgreSQL has refused the session, each is refused.
sql_in_session() (
  question_=$(cat)
  exec 4</proc/self/fd/7
  flock 4
  read -r state_ </proc/self/fd/7
  case $state_:$* in
    refused:*)
      sed 1d /proc/self/fd/7 >&2
      exit 2
      ;;
    ended:* | *"
"*) state_=ended ;;
  esac
  # A pipe holds 64 KiB, and nobody may read the rest of a longer question.
  if [ "$state_" = ended ] || [ "${#question_}" -gt 30000 ]; then
    exec 4<&-
    printf '%s\n' "$question_" | sql_alone "$@"
    exit
  fi
  shift 2
  {
    print_settings "$@"
    printf '%s\n;\n\\echo %s answered\n' "$question_" "$session_mark_"
  } >&5
  answer_=
  while IFS= read -r line_ <&6; do
    case $line_ in
      "$session_mark_ answered") answer_=complete && break ;;
      "$session_mark_ ended "*) break ;;
      *) printf '%s\n' "$line_" ;;
    esac
  done
  if [ "$answer_" = complete ]; then
    echo answered >/proc/self/fd/7
    exit
  fi
  messages_=$(sed 1d /proc/self/fd/7)
  # psql ends with 3 after an error in a statement.
  if [ "$line_" = "$session_mark_ ended 3" ]; then state_=ended; else state_=refused; fi
  printf '%s\n%s\n' "$state_" "$messages_" >/proc/self/fd/7
  printf '%s\n' "$messages_" >&2
  exit "${line_##* }"
)

# print_settings [psql options]: prints what gives a question the settings of a connection of its own
print_settings() {
  printf '\\set VERBOSITY default\n\\pset fieldsep |\n'
  database_=postgres
  while [ $# -gt 0 ]; do
    case $1 in
      -d) database_=$2 ;;
      -F) printf '\\pset fieldsep %s\n' "$(in_quotes "$2")" ;;
      -v) printf '\\set %s %s\n' "${2%%=*}" "$(in_quotes "${2#*=}")" ;;
    esac
    shift 2
  done
  printf '\\set database_ %s\n' "$(in_quotes "$database_")"
  printf '%s\n' "SELECT :'DBNAME' <> :'database_' AS elsewhere_ \\gset" '\if :elsewhere_' '\connect :"database_"' '\endif'
}

# in_quotes TEXT: prints it as a word for psql
in_quotes() {
  case $1 in
    *[\\\']*) printf '%s' "$1" | sed "s/['\\\\]/\\\\&/g; s/.*/'&'/" ;;
    *) printf "'%s'" "$1" ;;
  esac
}

# Begins a line of the session that is not part of an answer.
session_mark_=$(printf '\036')
