import type { Value, Values } from "../protocol/values.js";
import { formatCpus, formatDuration, toMebibytes } from "./units.js";

/**
 * The state of a container from the answer of `GET /containers/ID/json`. As with the real provider, env, labels, volumes
 * and networks_advanced are not read back, nor are Terraform's own settings (wait, destroy_grace_seconds).
 */
export function containerState(state: Values, found: Value): Values {
  const { Config: config, HostConfig: host, State: running } = found;
  return {
    ...state,
    id: found.Id,
    name: found.Name.replace(/^\/+/, ""),
    // An id in the configuration is compared with the id, a name with the name that the container was created from.
    image: state.image?.startsWith("sha256:") ? found.Image : config.Image,
    hostname: config.Hostname,
    user: config.User,
    userns_mode: host.UsernsMode,
    security_opts: host.SecurityOpt ?? [],
    restart: host.RestartPolicy.Name,
    init: host.Init ?? false,
    log_driver: host.LogConfig.Type,
    log_opts: isEmpty(state.log_opts) ? {} : host.LogConfig.Config,
    memory: toMebibytes(host.Memory),
    memory_reservation: toMebibytes(host.MemoryReservation),
    memory_swap: toMebibytes(host.MemorySwap),
    stop_signal: config.StopSignal ?? "",
    stop_timeout: config.StopTimeout ?? 0,
    bridge: found.NetworkSettings.Bridge,
    network_data: networkData(found.NetworkSettings.Networks ?? {}),
    mounts: (host.Mounts ?? []).map(mount),
    ...(host.NanoCpus > 0 && { cpus: formatCpus(host.NanoCpus) }),
    ...(config.Healthcheck && { healthcheck: [healthcheck(config.Healthcheck)] }),
    ...((host.CapAdd?.length || host.CapDrop?.length) && {
      capabilities: [{ add: host.CapAdd ?? [], drop: host.CapDrop ?? [] }],
    }),
    // For a stopped container, must_run is false: the plan sets it to true again, and that starts the container.
    ...(!running.Running && { exit_code: running.ExitCode, must_run: state.must_run && false }),
  };
}

const isEmpty = (value: Value) => Object.keys(value ?? {}).length === 0;

const mount = ({ Type, Source, Target }: Value) => ({ type: Type, source: Source ?? "", target: Target });

function healthcheck(found: Value): Values {
  return {
    test: found.Test ?? [],
    interval: formatDuration(found.Interval ?? 0),
    timeout: formatDuration(found.Timeout ?? 0),
    start_period: formatDuration(found.StartPeriod ?? 0),
    retries: found.Retries ?? 0,
  };
}

function networkData(networks: Record<string, Value>): Values[] {
  const names = Object.keys(networks).sort();
  return names.map((name) => {
    const endpoint = networks[name];
    return {
      network_name: name,
      ip_address: endpoint.IPAddress,
      ip_prefix_length: endpoint.IPPrefixLen,
      gateway: endpoint.Gateway,
      global_ipv6_address: endpoint.GlobalIPv6Address,
      global_ipv6_prefix_length: endpoint.GlobalIPv6PrefixLen,
      ipv6_gateway: endpoint.IPv6Gateway,
      mac_address: endpoint.MacAddress,
    };
  });
}
