# Sends a test message to the receiver of alerts.
#
# Expects   $environment $service $alerts $webhook $command: see alerts/check.sh.
# Changes   nothing. May run twice.
# Prints    that the message was delivered, or why not.
# Needs     alerts/lib.sh remote-host/record.sh

main() {
  [ -d "$alerts" ] || fail "the host has no alerts of $service in $environment yet: deploy first"
  message=$(mktemp -- "$alerts/.test.XXXXXX")
  trap 'rm -f -- "$message"' EXIT
  write_message test test "$(date +%s)" "this is a test of the alerts" "nothing" >"$message"
  deliver "$message" || fail "the test message was not delivered: $undelivered. Correct alerts in the environment file, and deploy"
  echo "the receiver has the test message of $service in $environment"
}

main </dev/null
