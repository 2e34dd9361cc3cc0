# Prints how to sign in as the super admin.
#
# Expects   $env_file; $secrets: the directory of NocoDB's secrets; $records.
# Changes   nothing. May run twice.
# Prints    site, email and password: for the terminal of a person who may read the secrets on the host, not for a log.
# Needs     service-secrets/lib.sh

main() {
  [ -f "$env_file" ] || fail "$env_file does not exist: deploy first"
  printf 'url       %s\n' "$(env_value "$env_file" NC_PUBLIC_URL)"
  printf 'email     %s\n' "$(env_value "$env_file" NC_ADMIN_EMAIL)"
  printf 'password  %s\n' "$(secret_value NC_ADMIN_PASSWORD)"
}

main </dev/null
