# Says which secret and configs of the cluster are the files of a service. For a data source of Terraform.
#
# Expects   $key: of the record that store-files.sh writes.
# Changes   nothing. May run twice.
# Prints    a JSON object with the id and the name of `secret`, `program` and `variables`: secret_id, secret_name, …; all are
#           empty if there is no record.
# Needs     remote-host/record.sh

# file KIND secret|config: prints its id and its name, as members of an object
file() {
  id=
  [ ! -f "$record" ] || id=$(record_value "$1")
  printf '"%s_id":"%s","%s_name":"%s"' "$1" "$id" "$1" "$([ -z "$id" ] || docker "$2" inspect -f '{{.Spec.Name}}' -- "$id" 2>/dev/null)"
}

main() {
  record=$records/$key
  printf '{%s,%s,%s}\n' "$(file secret secret)" "$(file program config)" "$(file variables config)"
}

main </dev/null
