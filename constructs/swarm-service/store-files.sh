# Gives the cluster the files of a service, which it brings to each task: the secrets, which this host keeps, as a secret;
# the other variables, and the program that loads both, as configs.
#
# Expects   $key, $status; $name: of the service; $secrets: their directory; $label: of the app's services; $variables: a JSON
#           object.
# Changes   creates a secret of the cluster, unless the last one has these values, and configs, unless there are some with
#           this content. Their names are that of the service and some digits, because they cannot be changed. Former ones
#           stay, because the engine may take the next version back to them: see wait-converged.sh. May run twice.
# Prints    nothing.
# Fails     - the secrets were checked by service-secrets/apply before
# Needs     service-secrets/lib.sh service-secrets/secrets.cjs remote-host/record.sh

# store_config KIND < content: prints the id of a config of the cluster with that content
store_config() {
  content_=$(scratch)
  cat >"$content_"
  config_=${name}_$1_$(sha256sum <"$content_" | cut -c 1-12)
  id_=$(docker config inspect -f '{{.ID}}' -- "$config_" 2>/dev/null) ||
    id_=$(docker config create --label "$label" --label "cdktf.service=$name" "$config_" "$content_") ||
    fail "the cluster did not take the $1 of service $name: the reason is above"
  rm -f -- "$content_"
  printf '%s\n' "$id_"
}

main() {
  lock_host "the files of service $name in the cluster"
  [ -f "$secrets/values" ] || fail "$secrets/values is missing: deploy again, which makes it"
  record=$records/$key secret=
  if [ -f "$record" ]; then secret=$(record_value secret) salt=$(record_value salt); fi
  if [ -z "$secret" ] || ! docker secret inspect -- "$secret" >/dev/null 2>&1 ||
    [ "$(fingerprint "$salt" <"$secrets/values")" != "$(record_value fingerprint)" ]; then
    salt=$(new_salt)
    secret=$(docker secret create --label "$label" --label "cdktf.service=$name" "${name}_$(new_salt | cut -c 1-8)" - <"$secrets/values") ||
      fail "the cluster did not take the secrets of service $name: the reason is above"
  fi
  program=$(secrets_cjs | store_config program)
  values=$(printf '%s' "$variables" | store_config variables)
  write_record "$key" "$status" <<RECORD
kind=cluster_files
service=$name
secret=$secret
salt=$salt
fingerprint=$(fingerprint "$salt" <"$secrets/values")
program=$program
variables=$values
RECORD
}

main </dev/null
