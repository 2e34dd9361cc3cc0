import {
  type Block,
  computed,
  list,
  map,
  object,
  optional,
  optionalComputed,
  required,
  set,
} from "../protocol/schema.js";
import { labels } from "./network.js";
import { parseDuration } from "./units.js";

const atLeast = (least: number) => (value: number) =>
  value < least ? `'${value}' cannot be lower than ${least}` : undefined;
const matching = (pattern: RegExp) => (value: string) =>
  pattern.test(value) ? undefined : `'${value}' doesn't match the pattern '${pattern.source}'`;
const duration = (value: string) =>
  parseDuration(value) === undefined ? `'${value}' is not a valid duration` : undefined;

const absolute = (value: string) => (value.startsWith("/") ? undefined : `'${value}' must be an absolute path`);

const forceNew = true;
const interval = () => optional("string", { default: "0s", check: duration });

/** The implemented part of docker_container. Memory is in MiB, timeouts in seconds, healthcheck times in Go's spelling. */
export const containerBlock: Block = {
  attributes: {
    id: computed("string"),
    name: required("string", { forceNew }),
    image: required("string", { forceNew }),
    restart: optional("string", { default: "no", check: matching(/^(no|on-failure|always|unless-stopped)$/) }),
    start: optional("bool", { default: true }),
    must_run: optional("bool", { default: true }),
    wait: optional("bool", { default: false }),
    wait_timeout: optional("number", { default: 60 }),
    memory: optional("number", { check: atLeast(0) }),
    memory_reservation: optional("number", { default: 0, check: atLeast(0) }),
    memory_swap: optional("number", { check: atLeast(-1) }),
    cpus: optional("string", { forceNew }),
    env: optionalComputed(set("string"), { forceNew }),
    security_opts: optionalComputed(set("string"), { forceNew }),
    log_driver: optionalComputed("string", { forceNew }),
    log_opts: optional(map("string"), { forceNew }),
    destroy_grace_seconds: optional("number"),
    stop_timeout: optionalComputed("number", { forceNew }),
    stop_signal: optionalComputed("string", { forceNew }),
    userns_mode: optional("string", { forceNew, keepIfUnset: true }),
    init: optionalComputed("bool"),
    user: optional("string", { forceNew, keepIfUnset: true }),
    hostname: optionalComputed("string", { forceNew }),
    bridge: computed("string"),
    exit_code: computed("number"),
    network_data: computed(
      list(
        object({
          network_name: "string",
          ip_address: "string",
          ip_prefix_length: "number",
          gateway: "string",
          global_ipv6_address: "string",
          global_ipv6_prefix_length: "number",
          ipv6_gateway: "string",
          mac_address: "string",
        }),
      ),
    ),
  },
  blocks: {
    capabilities: {
      nesting: "set",
      max: 1,
      forceNew,
      attributes: { add: optional(set("string")), drop: optional(set("string")) },
    },
    healthcheck: {
      nesting: "list",
      max: 1,
      computed: true,
      attributes: {
        test: optional(list("string")),
        interval: interval(),
        timeout: interval(),
        start_period: interval(),
        retries: optional("number", { default: 0, check: atLeast(0) }),
      },
      refused: ["start_interval"],
    },
    labels: { ...labels, computed: true },
    mounts: {
      nesting: "set",
      forceNew,
      attributes: {
        target: required("string"),
        source: optional("string"),
        type: required("string", { check: matching(/^(bind|volume|tmpfs)$/) }),
      },
      refused: ["bind_options", "read_only", "tmpfs_options", "volume_options"],
    },
    networks_advanced: {
      nesting: "set",
      forceNew,
      attributes: { name: required("string"), aliases: optional(set("string")) },
      refused: ["driver_opts", "gw_priority", "ipv4_address", "ipv6_address", "link_local_ips", "mac_address"],
    },
    volumes: {
      nesting: "set",
      forceNew,
      attributes: {
        container_path: optional("string"),
        host_path: optional("string", { check: absolute }),
        read_only: optional("bool"),
      },
      refused: ["from_container", "selinux_relabel", "volume_name"],
    },
  },
  refused: [
    "attach",
    "cgroup_parent",
    "cgroupns_mode",
    "command",
    "container_logs",
    "container_read_refresh_timeout_milliseconds",
    "cpu_period",
    "cpu_quota",
    "cpu_set",
    "cpu_shares",
    "device_read_bps",
    "device_read_iops",
    "device_requests",
    "device_write_bps",
    "device_write_iops",
    "devices",
    "dns",
    "dns_opts",
    "dns_search",
    "domainname",
    "entrypoint",
    "gpus",
    "group_add",
    "host",
    "ipc_mode",
    "logs",
    "max_retry_count",
    "network_mode",
    "pid_mode",
    "platform",
    "ports",
    "privileged",
    "publish_all_ports",
    "read_only",
    "remove_volumes",
    "rm",
    "runtime",
    "shm_size",
    "stdin_open",
    "storage_opts",
    "sysctls",
    "timeouts",
    "tmpfs",
    "tty",
    "ulimit",
    "upload",
    "working_dir",
  ],
};
