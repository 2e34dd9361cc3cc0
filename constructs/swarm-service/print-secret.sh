# Says which secret of the cluster holds the secrets of a service. For a data source of Terraform.
#
# Expects   $key: of the record that store-secrets.sh writes.
# Changes   nothing. May run twice.
# Prints    a JSON object with id and name; both are empty if there is none.
# Needs     remote-host/record.sh

main() {
  record=$records/$key id=
  [ ! -f "$record" ] || id=$(record_value secret)
  printf '{"id":"%s","name":"%s"}\n' "$id" "$([ -z "$id" ] || docker secret inspect -f '{{.Spec.Name}}' -- "$id" 2>/dev/null)"
}

main </dev/null
