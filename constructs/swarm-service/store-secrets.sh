# Copies the secrets of a service, which this host keeps, into a secret of the cluster, from where they reach each task.
#
# Expects   $key, $status; $name: of the service; $secrets: their directory; $label: of the app's services.
# Changes   creates a secret of the cluster, unless the last one has these values. Its name is that of the service and some
#           digits, because a secret of a cluster cannot be changed. May run twice.
# Prints    nothing.
# Fails     - the secrets were checked by service-secrets/apply before
# Needs     service-secrets/lib.sh remote-host/record.sh

main() {
  lock_host "the secrets of service $name in the cluster"
  [ -f "$secrets/values" ] || fail "$secrets/values is missing: deploy again, which makes it"
  record=$records/$key secret=
  if [ -f "$record" ]; then secret=$(record_value secret) salt=$(record_value salt); fi
  if [ -z "$secret" ] || ! docker secret inspect -- "$secret" >/dev/null 2>&1 ||
    [ "$(fingerprint "$salt" <"$secrets/values")" != "$(record_value fingerprint)" ]; then
    salt=$(new_salt)
    secret=$(docker secret create --label "$label" --label "cdktf.service=$name" "${name}_$(new_salt | cut -c 1-8)" - <"$secrets/values") ||
      fail "the cluster did not take the secrets of service $name: the reason is above"
  fi
  write_record "$key" "$status" <<RECORD
kind=cluster_secret
service=$name
secret=$secret
salt=$salt
fingerprint=$(fingerprint "$salt" <"$secrets/values")
RECORD
}

main </dev/null
