# Drift of a service's secrets. See remote-host/drift.sh.
#
# Changes   nothing.
# Needs     remote-host/drift.sh service-secrets/lib.sh service-secrets/secrets.cjs

drift_secrets() {
  secrets=$(record_value directory) failed_=$(record_value failed)
  if [ -n "$failed_" ]; then
    drift="failed: $failed_"
    return 0
  elif [ ! -f "$secrets/values" ]; then
    drift="secrets missing"
    return 0
  fi
  for file_ in "$secrets:700" "$secrets/values:600"; do
    now_="$(stat -c '%u:%g %a' -- "${file_%:*}")"
    [ "$now_" = "$(record_value owner) ${file_##*:}" ] || drift="$drift, ${file_%:*} with owner and mode $now_"
  done
  secrets_cjs | cmp -s -- - "$secrets/secrets.cjs" || drift="$drift, secrets.cjs edited or of another version"
  changed_=$(changed_secrets) effect_=$(record_value effect)
  drift="$drift$changed_${changed_:+: ${effect_:-restart}}"
  drift=${drift#, }
}

# changed_secrets: prints `, TITLE rotated` for each secret that the next deploy puts into use, and what someone has
# edited
changed_secrets() {
  record_value expected | while read -r name _ title; do
    value=$(secret_value "$name")
    if [ -n "$(pending_value "$name")" ]; then
      if [ -n "$value" ]; then printf ', %s rotated' "$title"; else printf ', %s set' "$title"; fi
    elif secret_differs "$name" "$value"; then
      if [ -n "$value" ]; then printf ', %s edited by hand' "$title"; else printf ', %s missing' "$title"; fi
    elif [ -n "$value" ] && ! grep -q "^secret=$name " "$record"; then
      printf ', %s not on record' "$title"
    fi
  done
}
