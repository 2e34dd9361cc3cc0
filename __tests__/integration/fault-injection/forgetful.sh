# shellcheck shell=sh
# An engine that has reset its flag and forgotten its events since the kernel killed a process for memory: Engine 23 and
# later, an hour after it. The kernel's log is one that the program may read; the lab's host may not.
#
# Expects   $killed: the container's id; $killed_at: seconds since 1970.
# Changes   nothing. May run twice.
docker() {
  case $* in
    events*) ;;
    *OOMKilled*) command docker "$@" | sed 's/^true/false/' ;;
    *) command docker "$@" ;;
  esac
}

dmesg() {
  after_boot=$((${killed_at:?} - $(date +%s) + $(cut -d . -f 1 /proc/uptime)))
  echo "[$after_boot.475250] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${killed:?},mems_allowed=0,oom_memcg=/system.slice/docker-${killed:?}.scope,task=node,pid=23177,uid=0"
}
