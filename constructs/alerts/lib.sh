# Messages of alerts, and the way to their receiver.
#
# Expects   $alerts: the directory of their files; $webhook: an address, `secret` for the one that the file `values` in
#           that directory holds, or empty; $command: what the shell runs if there is no webhook.
# Changes   nothing until a function is called.
# Needs     remote-host/common.sh remote-host/env-file.sh
#
# A message is a file with lines name=value: id, environment, service, host, cause, state (problem, recovered, unstable or
# test), summary, since and action.

# write_message STATE CAUSE SINCE SUMMARY ACTION: prints a message; SINCE is in seconds since 1970
write_message() {
  # shellcheck disable=SC2154 # of the program
  printf 'id=%s-%s-%s\nenvironment=%s\nservice=%s\nhost=%s\n' "$3" "$2" "$1" "$environment" "$service" "$(uname -n)"
  printf 'cause=%s\nstate=%s\nsummary=%s\nsince=%s\naction=%s\n' "$2" "$1" "$4" "$(date -u -d "@$3" +%Y-%m-%dT%H:%M:%SZ)" "$5"
}

# message_value FILE NAME: prints the value of a line
message_value() {
  sed -n "s/^$2=//p" "$1"
}

# text_of FILE: prints a message for people
text_of() {
  state_=$(message_value "$1" state) action_=$(message_value "$1" action)
  said_='' since_=Since
  case $state_ in
    problem) ;;
    recovered) said_="recovered. It was: " since_="It began" ;;
    *) said_="$state_: " ;;
  esac
  printf '[%s] %s on %s: %s%s\n' "$(message_value "$1" environment)" "$(message_value "$1" service)" \
    "$(message_value "$1" host)" "$said_" "$(message_value "$1" summary)"
  printf '%s: %s\n' "$since_" "$(date -u -d "$(message_value "$1" since)" '+%Y-%m-%d %H:%M:%S UTC')"
  [ -z "$action_" ] || printf 'To do: %s\n' "$action_"
}

# json_of FILE: prints a message as JSON, with `text` for receivers that show only that
json_of() {
  printf '{"text":"%s"' "$(text_of "$1" | sed 's/[\\"]/\\&/g' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }')"
  sed 's/[\\"]/\\&/g; s/^\([a-z]*\)=\(.*\)$/,"\1":"\2"/' "$1" | tr -d '\n'
  printf '}\n'
}

# printable TEXT: prints it on one line of at most 400 ASCII characters
printable() {
  printf '%s' "$1" | tr '\t\n' '  ' | tr -c '\040-\176' '?' | cut -c 1-400
}

# deliver FILE: delivers a message, or sets undelivered to the reason why not, and returns 1
deliver() {
  if [ -n "$webhook" ]; then post "$1"; else run_command "$1"; fi
}

# post FILE: the address goes to curl on standard input, and no message of curl, which may contain it, is printed
post() {
  address_=$webhook
  [ "$webhook" != secret ] || address_=$(env_value "$alerts/values" ALERTS_WEBHOOK 2>/dev/null) || address_=
  if [ -z "$address_" ]; then
    undelivered="the host has no address for it"
    return 1
  fi
  # Not beside the message, because its disk may be full.
  body_=$(mktemp -p /run alert.XXXXXX)
  json_of "$1" >"$body_"
  code_=0
  status_=$(printf 'url = "%s"\n' "$(printf '%s' "$address_" | sed 's/[\\"]/\\&/g')" |
    curl -q -g -s -m 10 --proto =http,https -H 'Content-Type: application/json' --data-binary "@$body_" \
      -o /dev/null -w '%{http_code}' --config - 2>/dev/null) || code_=$?
  rm -f -- "$body_"
  case $code_:$status_ in
    0:2??) return 0 ;;
    0:*) undelivered="the webhook answers $status_" ;;
    6:*) undelivered="the webhook's name is not known" ;;
    7:*) undelivered="the webhook refuses the connection" ;;
    28:*) undelivered="the webhook has not answered within 10 s" ;;
    35:* | 60:*) undelivered="the webhook's certificate is not accepted" ;;
    *) undelivered="the webhook cannot be called (curl's exit code $code_)" ;;
  esac
  return 1
}

# run_command FILE: the command gets the message for people on standard input, and each of its lines as ALERT_NAME=value
run_command() {
  (
    while IFS= read -r line_; do
      export "ALERT_$(printf '%s' "${line_%%=*}" | tr "[:lower:]" "[:upper:]")=${line_#*=}"
    done <"$1"
    text_of "$1" | timeout 30 sh -c "$command" >&2
  ) && return
  undelivered="the command fails or takes longer than 30 s (exit code $?)"
  return 1
}
