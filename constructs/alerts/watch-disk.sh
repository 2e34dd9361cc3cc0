# How full the disks with the service's data are.
#
# Expects   what alerts/check.sh expects; $now: seconds since 1970; $held: what is at work on this host, if anything is.
# Changes   nothing.
# Needs     alerts/findings.sh

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
