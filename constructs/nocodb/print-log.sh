# Prints NocoDB's log.
#
# Expects   $container; $environment: its name, for the remedy; $secrets: the directory of NocoDB's secrets; $records;
#           [$tail]: how many of the last lines, all by default; [$since]: a time or a duration, as docker logs takes it;
#           [$follow]: yes goes on until the connection ends.
# Changes   nothing. May run twice.
# Prints    the lines, with the secrets and the consumers' tokens masked.
# Needs     service-secrets/lib.sh remote-host/engine.sh

# known_secrets: prints a line NAME=value for each secret that may be in the log
known_secrets() {
  cat -- "$secrets/values" "$secrets/pending" 2>/dev/null || true
  cat -- "$records"/* 2>/dev/null | sed -n 's/^place=[^ ]* [^ ]* //p' | sort -u | while IFS= read -r file; do
    [ ! -f "$file" ] || sed -n 's/^NOCODB_API_TOKEN=/&/p' "$file"
  done
}

# session: prints the process of sshd that serves this connection, nothing if there is none
session() {
  process=$$
  while [ "$process" -gt 1 ] && read -r line <"/proc/$process/stat"; do
    case $line in *'(sshd'*)
      echo "$process"
      return
      ;;
    esac
    line=${line##*) ? } process=${line%% *}
  done 2>/dev/null
}

# docker_logs: prints the log as it is
docker_logs() {
  set -- docker logs
  [ -z "$(inspected "$container" cluster)" ] || set -- docker service logs --no-trunc
  exec "$@" ${follow:+--follow} ${tail:+--tail "$tail"} ${since:+--since "$since"} "$container" 2>&1
}

# follow_log: Docker's client would not notice that the connection has ended before there is a line to print
follow_log() {
  mkfifo -- "$directory/log"
  docker_logs >"$directory/log" &
  reading=$!
  masked "$directory/values" "at once" <"$directory/log" &
  connection=$(session)
  while kill -0 "$reading" 2>/dev/null && kill -0 "${connection:-$$}" 2>/dev/null; do sleep 1; done
  kill "$reading" 2>/dev/null || true
  wait
}

main() {
  follow=${follow-} tail=${tail-} since=${since-}
  inspected "$container" id >/dev/null ||
    fail "container $container does not exist, or Docker does not answer, so there is no log: npx nocodb-host status $environment says more"
  directory=$(mktemp -d -p /run 2>/dev/null || mktemp -d)
  trap 'rm -rf -- "$directory"' EXIT
  known_secrets >"$directory/values"
  if [ -n "$follow" ]; then follow_log; else (docker_logs) | masked "$directory/values"; fi
}

main </dev/null
