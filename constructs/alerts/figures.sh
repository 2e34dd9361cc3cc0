# The figures of a check, for the textfile collector of Prometheus' node_exporter.
#
# Expects   [$textfile]: the file; $findings: see checks.sh; $now; $alerts.
# Changes   nothing until a function is called.
# Needs     alerts/checks.sh

# What the figures mean.
FIGURES='cdktf_service_backup_succeeded Whether the last run of the unit that makes backups succeeded.
cdktf_service_backup_timestamp_seconds When the newest backup was made.
cdktf_service_certificate_expiry_timestamp_seconds When the certificate of the site ends.
cdktf_service_checked_timestamp_seconds When the last check ended.
cdktf_service_disk_used_percent How full a disk is, in blocks or files.
cdktf_service_drift How many things differ from what the last deploy left, at the last hourly check.
cdktf_service_messages_waiting How many messages were not delivered yet.
cdktf_service_problem The problems there are now.
cdktf_service_restarts How often the container restarted on its own since it was started.
cdktf_service_up Whether the service answers and can use its database.'

# export_figures: writes the file in one step, readable for everyone
export_figures() {
  # Those that this check could not tell keep their last values.
  {
    cat -- "$alerts/figures" 2>/dev/null || true
    printf '%s\n' "$findings" | sed -n 's/^figure\t//p'
  } | awk -F '\t' '{ value[$1] = $2 } END { for (name in value) printf "%s\t%s\n", name, value[name] }' | sort >"$alerts/.figures"
  mv -f -- "$alerts/.figures" "$alerts/figures"
  [ -n "${textfile-}" ] || return 0
  if [ ! -d "${textfile%/*}" ]; then
    echo "alerts: ${textfile%/*} does not exist, so the figures are not exported" >&2
    return 0
  fi
  new_=$(mktemp -- "${textfile%/*}/.${textfile##*/}.XXXXXX")
  {
    cat -- "$alerts/figures"
    awk -F '\t' '$1 == "cause" && $3 == "problem" { print $2 }' "$alerts/state" |
      while IFS= read -r cause_; do figure cdktf_service_problem 1 cause "$cause_" | cut -f 2-; done
    figure cdktf_service_messages_waiting "$(find "$alerts/waiting" -type f | wc -l)" | cut -f 2-
    figure cdktf_service_checked_timestamp_seconds "$now" | cut -f 2-
  } | explained >"$new_"
  chmod -- 0644 "$new_"
  mv -f -- "$new_" "$textfile"
}

# explained < figures: prints them as Prometheus reads them
explained() {
  sort | meanings=$FIGURES awk -F '\t' '
    BEGIN {
      count = split(ENVIRON["meanings"], line, "\n")
      for (i = 1; i <= count; i++) { name = line[i]; sub(/ .*/, "", name); meaning[name] = substr(line[i], length(name) + 2) }
    }
    {
      name = $1; sub(/[{].*/, "", name)
      if (name != last) printf "# HELP %s %s\n# TYPE %s gauge\n", name, meaning[name], name
      last = name
      print $1, $2
    }'
}
