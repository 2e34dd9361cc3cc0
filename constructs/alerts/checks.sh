# What alerts check, one function for each kind of cause.
#
# Expects   what alerts/check.sh expects; $now: seconds since 1970; $held: what is at work on this host, if anything is.
# Changes   nothing.
# Needs     remote-host/drift.sh **/drift.sh **/requirements.sh service-container/lib.sh swarm-service/lib.sh backup/lib.sh caddy-site/answers.sh
#           caddy-site/configuration.sh backup/schedule/lib.sh
#
# A watch_* function prints lines, with tabs between the words:
#   finding CAUSE problem|good SUMMARY ACTION
#   figure NAME VALUE                        a figure to export, as Prometheus writes it
#   set NAME VALUE                           kept for the next check, see state_value
# A function that cannot tell exits, and its causes stay as they were. CAUSE is the name of the function's kind, perhaps
# with `:` and more behind it; a cause that is not mentioned any more is good.

# The kinds of causes.
KINDS="health restarts memory disk site backup backup_age drift"

# Seconds for which a restart or a kill counts as a problem.
REMEMBERED=900

# all_findings: prints the lines of all checks, which run at once, and a line `done KIND` for each that could tell
all_findings() {
  for kind_ in $KINDS; do
    (
      set -e
      "watch_$kind_"
      printf 'done\t%s\n' "$kind_"
    ) &
  done
  wait
}

# finding CAUSE problem|good SUMMARY [ACTION]
finding() {
  printf 'finding\t%s\t%s\t%s\t%s\n' "$1" "$2" "$(printable "$3")" "$(printable "${4-}")"
}

# figure NAME VALUE [LABEL TEXT]
figure() {
  label_=
  [ -z "${3-}" ] || label_=",$3=\"$(printable "$4" | sed 's/[\\"]/\\&/g')\""
  printf 'figure\t%s{environment="%s",service="%s"%s}\t%s\n' "$1" "$environment" "$service" "$label_" "$2"
}

# state_value NAME: prints what an earlier check has set
state_value() {
  [ ! -f "$alerts/state" ] || awk -F '\t' -v name="$1" '$1 == "set" && $2 == name { print $3 }' "$alerts/state"
}

# is_problem CAUSE: whether it, or one that begins with it and `:`, was a problem at the last check
is_problem() {
  [ -f "$alerts/state" ] && awk -F '\t' -v cause="$1" '
    $1 == "cause" && ($2 == cause || index($2, cause ":") == 1) && $3 == "problem" { found = 1 }
    END { exit ! found }' "$alerts/state"
}

# at_work: prints what is at work on this host, such as a deploy or a restore, which stops the service for a while. A
# deploy works in short steps, each with the lock, and waits for the service without. What takes longer than 15 minutes,
# or a start that takes longer than 5, is not waited for.
at_work() {
  lock_=$(lock_file)
  if [ -f "$lock_" ]; then
    age_=$((now - $(stat -c %Y -- "$lock_")))
    if [ "$age_" -lt 60 ] || { [ "$age_" -lt 900 ] && ! flock -s -n "$lock_" true; }; then
      cat -- "$lock_"
      return
    fi
  fi
  find "$records" -maxdepth 1 \( -name '.waiting.*' -o -name ".started-$service" \) -mmin -5 2>/dev/null | head -n 1
}

# lasting FUNCTION: prints what it prints, which is a problem unless it is empty or begins with `= `. A problem must be
# there 5 s later, too. Returns 1 if something is at work by then.
lasting() {
  lasting_=$("$1")
  case $lasting_ in
    '' | "= "*)
      printf '%s' "$lasting_"
      return
      ;;
  esac
  sleep 5
  now=$(date +%s)
  [ -z "$(at_work)" ] || return 1
  "$1"
}

# health_problem: prints what is wrong with the service now, nothing if it can be used
health_problem() {
  state_=$(timeout 8 docker inspect -f '{{.State.Status}} (exit code {{.State.ExitCode}})' -- "$container" 2>/dev/null) || state_=$(service_state "$container")
  case $state_ in
    running*) ;;
    missing)
      if timeout 8 docker version >/dev/null 2>&1; then echo "container $container does not exist"; else echo "Docker does not answer"; fi
      return
      ;;
    *)
      echo "container $container is $state_"
      return
      ;;
  esac
  serves "$container" "$url" 8 || {
    echo "it does not answer at $url"
    return
  }
  serves "$container" "${database_url-}" 8 || echo "it cannot use its database ($database_url)"
}

watch_health() {
  [ -z "$held" ] || exit 0
  problem_=$(lasting health_problem) || exit 0
  if [ -z "$problem_" ]; then
    figure cdktf_service_up 1
    return
  fi
  figure cdktf_service_up 0
  case $problem_ in
    "Docker "*) finding health problem "$problem_" "systemctl status docker on the host says why" ;;
    *) finding health problem "$problem_" "docker logs --tail 50 $container on the host says why; $deploy, which starts it" ;;
  esac
}

# lately NAME: whether an event is remembered; NAME is the value that holds its time
lately() {
  at_=$(state_value "$1")
  [ -n "$at_" ] && [ "$((now - at_))" -lt "$REMEMBERED" ]
}

watch_restarts() {
  [ -z "$held" ] || exit 0
  inspected_=$(docker inspect -f '{{.Id}} {{.RestartCount}}' -- "$container" 2>/dev/null) || exit 0
  id_=${inspected_% *} count_=${inspected_#* } was_=$(state_value restarts)
  printf 'set\trestarts\t%s\n' "$inspected_"
  figure cdktf_service_restarts "$count_"
  before_=0
  [ "${was_% *}" != "$id_" ] || before_=${was_#* }
  # Without an earlier check, nobody knows when it restarted.
  if [ -n "$was_" ] && [ "$count_" -gt "$before_" ]; then
    printf 'set\trestarted_at\t%s\n' "$now"
  elif ! lately restarted_at; then
    return 0
  fi
  finding restarts problem "container $container restarted on its own, $count_ times since it was started" \
    "docker logs --tail 100 $container on the host says why"
}

watch_memory() {
  [ -z "$held" ] || exit 0
  checked_=$(state_value memory_checked)
  from_=$((${checked_:-now} - 60))
  printf 'set\tmemory_checked\t%s\n' "$now"
  # The advice needs the container.
  docker container inspect -- "$container" >/dev/null 2>&1 || exit 0
  if killed_for_memory "$container" "$(date -u -d "@$from_" +%Y-%m-%dT%H:%M:%S.000000000Z)"; then
    printf 'set\tkilled_at\t%s\n' "$now"
  elif ! lately killed_at; then
    return 0
  fi
  advice_=$(memory_advice "$container")
  finding memory problem "container $container was ${advice_%%: *}" "${advice_#*: }, and $deploy"
}

# disks: prints a line MOUNT TAB PERCENT TAB WHAT for each disk that holds data of the service
disks() {
  set --
  for each_ in "$data_directory" "$backups" "$records" "$(docker info -f '{{.DockerRootDir}}' 2>/dev/null)"; do
    if [ -d "$each_" ]; then set -- "$@" "$each_"; fi
  done
  {
    df -P -k -- "$@" | sed '1d; s/^/blocks /'
    df -P -i -- "$@" | sed '1d; s/^/files /'
  } | awk '
    { mount = $7; for (i = 8; i <= NF; i++) mount = mount " " $i }
    ! (mount in used) || $6 + 0 > used[mount] {
      used[mount] = $6 + 0
      what[mount] = $1 == "blocks" ? sprintf("%.1f GiB free", $5 / 1048576) : $5 " files more are possible"
    }
    END { for (mount in used) printf "%s\t%s\t%s\n", mount, used[mount], what[mount] }'
}

watch_disk() {
  disks | while IFS='	' read -r mount_ used_ what_; do
    figure cdktf_service_disk_used_percent "$used_" mount "$mount_"
    limit_=$disk_percent
    # A little less is not yet good.
    ! is_problem "disk:$mount_" || limit_=$((limit_ - 2))
    [ "$used_" -lt "$limit_" ] ||
      finding "disk:$mount_" problem "the disk at $mount_ is $used_ % full ($what_)" "make room there, or enlarge it; backups.keep says how many backups stay"
  done
}

# certificate_at PORT: prints the first and the last second of the certificate that Caddy has for the site. That takes only
# the handshake: while the service is down, Caddy holds the request.
certificate_at() {
  addresses_=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' -- "$caddy" 2>/dev/null) || return 0
  # On the network of the host it has none.
  for address_ in ${addresses_:-127.0.0.1}; do
    dates_=$(curl -q -k -v -s -m 4 --noproxy '*' -o /dev/null --connect-to "::$address_:$1" "https://$site:$1$health_path" 2>&1 |
      sed -n 's/^\*[[:space:]]*\(start\|expire\) date: //p')
    [ "$(printf '%s\n' "$dates_" | grep -c .)" = 2 ] || continue
    printf '%s\n' "$dates_" | while IFS= read -r date_; do date -d "$date_" +%s; done | paste -s -d ' ' -
    return
  done
}

# site_port: prints the port of the site in the configuration that Caddy runs
site_port() {
  open_caddy >/dev/null 2>&1 && running 2>/dev/null | servers_of "$site" | sed -n '1s/.* //p'
}

# site_answer: prints the dates of the site's certificate and its port, or `- PORT` if it answers without one; nothing if
# it does not answer
site_answer() {
  port_=$(state_value site_port)
  for each_ in "${port_:-443}" ask; do
    [ "$each_" != ask ] || each_=$(site_port) || return 0
    dates_=$(certificate_at "$each_")
    [ -n "$dates_" ] || ! status_at "$site" "$each_" "$health_path" >/dev/null 2>&1 || dates_=-
    [ -z "$dates_" ] || break
  done
  [ -z "$dates_" ] || printf '%s %s' "$dates_" "$each_"
}

# site_problem: prints a problem if the site does not answer, or what site_answer prints behind `= `
site_problem() {
  answer_=$(site_answer)
  if [ -n "$answer_" ]; then echo "= $answer_"; else echo "Caddy (container $caddy) does not answer for https://$site"; fi
}

# watch_site: the site, and the days that are left of its certificate
watch_site() {
  [ -z "$held" ] || exit 0
  answer_=$(lasting site_problem) || exit 0
  case $answer_ in
    "= "*) answer_=${answer_#= } ;;
    *)
      finding site problem "$answer_" "docker logs --tail 50 $caddy on the host says why"
      # The certificate is as it was.
      exit 0
      ;;
  esac
  printf 'set\tsite_port\t%s\n' "${answer_##* }"
  case $answer_ in '- '*) return 0 ;; esac
  start_=${answer_%% *} end_=${answer_#* }
  end_=${end_% *}
  figure cdktf_service_certificate_expiry_timestamp_seconds "$end_"
  limit_=$((certificate_days * 86400)) sixth_=$(((end_ - start_) / 6))
  [ "$limit_" -lt "$sixth_" ] || limit_=$sixth_
  left_=$((end_ - now))
  [ "$left_" -ge "$limit_" ] ||
    finding site:certificate problem "the certificate of https://$site ends in $((left_ / 86400)) days, at $(date -u -d "@$end_" '+%Y-%m-%d %H:%M UTC'), and was not renewed" \
      "docker logs $caddy on the host says why Caddy cannot renew it"
}

watch_backup() {
  for unit_ in $backup_units; do
    # While it runs, its result is not known.
    [ "$(systemctl -P ActiveState show "$unit_.service")" != activating ] || exit 0
    result_=$(systemctl -P Result show "$unit_.service")
    if [ "$result_" = success ]; then
      figure cdktf_service_backup_succeeded 1 unit "$unit_"
      continue
    fi
    figure cdktf_service_backup_succeeded 0 unit "$unit_"
    last_=$(journalctl -q --no-pager -o cat -n 1 "_SYSTEMD_UNIT=$unit_.service" 2>/dev/null) || last_=
    finding "backup:$unit_" problem "the last run of $unit_ failed${last_:+: $last_}" \
      "journalctl -u $unit_ on the host says why; systemctl start $unit_ tries again"
  done
}

watch_backup_age() {
  newest_=$(all_backups | head -n 1)
  made_=
  [ -z "$newest_" ] || made_=$(metadata_of "$newest_" made)
  [ -z "$made_" ] || figure cdktf_service_backup_timestamp_seconds "$made_"
  [ "$backup_limit" -gt 0 ] || return 0
  first_=$(state_value first_check)
  [ -n "$first_" ] || printf 'set\tfirst_check\t%s\n' "$now"
  last_=${made_:-${first_:-$now}}
  [ "$((now - last_))" -le "$backup_limit" ] ||
    finding backup_age problem "no backup since $(date -u -d "@$last_" '+%Y-%m-%d %H:%M UTC'), for more than $((backup_limit / 3600)) hours" \
      "${backup_units:+journalctl -u $backup_units on the host says why; }make one now"
}

# is_drift_due: every hour, every five minutes while there is drift, and when two minutes have passed since a deploy
is_drift_due() {
  last_=$(state_value drift_checked) every_=3600
  ! is_problem drift || every_=300
  [ -n "$last_" ] && [ "$((now - last_))" -lt "$every_" ] || return 0
  changed_=$(stat -c %Y -- "$records")
  [ "$changed_" -gt "$last_" ] && [ "$((now - changed_))" -ge 120 ]
}

# print_finding: prints the drift of the record in $record, but for what the other checks find
print_finding() {
  case $(record_value kind):$drift in
    *: | service:*"old secrets"*) ;;
    service:* | container:"container missing") return 0 ;;
  esac
  [ -z "$drift" ] || finding "drift:${record##*/}" problem "${record##*/}: $drift" "$deploy, which corrects it"
}

watch_drift() {
  [ -z "$held" ] && is_drift_due || exit 0
  printf 'set\tdrift_checked\t%s\n' "$now"
  for_people=yes
  requirements=$(sed 1d "$records/.requirements" 2>/dev/null) || requirements=docker
  # In the background, because a shell ignores errors in what it tests.
  (
    detect_drift print_finding
    printf '%s\n' "$found"
  ) >"$alerts/.drift" 2>&1 &
  if wait "$!"; then
    sed -n '/^finding/p' "$alerts/.drift"
    figure cdktf_service_drift "$(grep -c '^finding' "$alerts/.drift" || true)"
  else
    finding drift problem "drift cannot be checked: $(cat -- "$alerts/.drift")" "correct that, and $deploy"
    exit 0
  fi
}
