# Prints the password of the repository of copies.
#
# Expects   $copy_to; $secrets: the directory with its secrets; $records.
# Changes   nothing. May run twice.
# Prints    repository and password: for the terminal of a person who may read the secrets on the host, not for a log.
# Needs     service-secrets/lib.sh

main() {
  password=$(next_value BACKUP_PASSWORD)
  [ -n "$password" ] || fail "the host has no password for the repository of copies yet: deploy first"
  printf 'repository  %s\npassword    %s\n' "$copy_to" "$password"
}

main </dev/null
