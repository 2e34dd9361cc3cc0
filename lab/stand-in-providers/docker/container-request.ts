import { Problem } from "../protocol/provider.js";
import { UNKNOWN, type Value, type Values } from "../protocol/values.js";
import { labelMap } from "./network.js";
import { parseDuration, toBytes } from "./units.js";

/** The body of `POST /containers/create` for a planned container. Unknown means unset: the engine decides. */
export function createRequest(planned: Values): object {
  const known = Object.fromEntries(
    Object.entries(planned).map(([name, value]) => [name, value === UNKNOWN ? null : value]),
  );
  const volumes: Values[] = known.volumes ?? [];
  const [capabilities] = known.capabilities ?? [];
  return {
    Image: known.image,
    Hostname: known.hostname ?? "",
    User: known.user ?? "",
    Env: known.env ?? [],
    Labels: labelMap(known.labels ?? []),
    ...(known.stop_signal && { StopSignal: known.stop_signal }),
    ...(known.stop_timeout && { StopTimeout: known.stop_timeout }),
    ...(known.healthcheck?.length > 0 && { Healthcheck: healthcheck(known.healthcheck[0]) }),
    Volumes: Object.fromEntries(volumes.map(({ container_path }) => [container_path, {}])),
    HostConfig: {
      RestartPolicy: { Name: known.restart, MaximumRetryCount: 0 },
      NetworkMode: "bridge",
      Init: known.init ?? false,
      LogConfig: { Type: known.log_driver ?? "", Config: known.log_opts ?? {} },
      Binds: volumes
        .filter((volume) => volume.host_path)
        .map((volume) => `${volume.host_path}:${volume.container_path}:${volume.read_only ? "ro" : "rw"}`),
      Mounts: (known.mounts ?? []).map(({ type, source, target }: Values) => ({
        Type: type,
        Source: source ?? "",
        Target: target,
      })),
      CapAdd: prefixed(capabilities?.add ?? []),
      CapDrop: prefixed(capabilities?.drop ?? []),
      UsernsMode: known.userns_mode ?? "",
      SecurityOpt: known.security_opts ?? [],
      Memory: toBytes(known.memory ?? 0),
      MemoryReservation: toBytes(known.memory_reservation ?? 0),
      MemorySwap: toBytes(known.memory_swap ?? 0),
      NanoCpus: nanoCpus(known.cpus),
    },
  };
}

function healthcheck(wanted: Values): Value {
  return {
    Test: wanted.test ?? [],
    Interval: parseDuration(wanted.interval ?? "0s"),
    Timeout: parseDuration(wanted.timeout ?? "0s"),
    StartPeriod: parseDuration(wanted.start_period ?? "0s"),
    Retries: wanted.retries ?? 0,
  };
}

/** As docker's client spells them. A capability that is configured without the prefix is read back with it. */
function prefixed(capabilities: string[]): string[] {
  const upper = capabilities.map((name) => name.toUpperCase());
  return upper.map((name) => (name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`)).sort();
}

function nanoCpus(cpus: string | null): number {
  if (!cpus) return 0;
  const nano = Number(cpus) * 1e9;
  if (Number.isFinite(nano)) return Math.round(nano);
  throw new Problem(`Error setting cpus: failed to parse ${cpus} as a rational number`, "", ["cpus"]);
}
