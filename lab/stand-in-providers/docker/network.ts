import { type DataSource, Problem, type Resource } from "../protocol/provider.js";
import { computed, list, map, object, optional, optionalComputed, required, set } from "../protocol/schema.js";
import type { Value, Values } from "../protocol/values.js";
import { type Engine, EngineError } from "./engine.js";

/** How often, and at which interval, a removal is tried while containers are attached. */
const REMOVAL_TRIES = 6;
const REMOVAL_PAUSE_MS = 5000;

export const labels = {
  nesting: "set" as const,
  forceNew: true,
  attributes: { label: required("string"), value: required("string") },
};

export const labelMap = (items: Values[]): Record<string, string> =>
  Object.fromEntries(items.map(({ label, value }) => [label, value]));

export const network: Resource<Engine> = {
  legacy: true,
  version: 1,
  importable: true,
  block: {
    attributes: {
      id: computed("string"),
      name: required("string", { forceNew: true }),
      driver: optionalComputed("string", { forceNew: true }),
      internal: optionalComputed("bool", { forceNew: true }),
      options: computed(map("string")),
      scope: computed("string"),
    },
    blocks: {
      labels,
      ipam_config: {
        nesting: "set",
        computed: true,
        forceNew: true,
        attributes: { subnet: optional("string"), gateway: optional("string") },
        refused: ["aux_address", "ip_range"],
      },
    },
    refused: ["attachable", "ingress", "ipam_driver", "ipam_options", "ipv6"],
  },
  async create(planned, engine) {
    const pools = Array.isArray(planned.ipam_config) ? planned.ipam_config : [];
    const body = {
      Name: planned.name,
      CheckDuplicate: true,
      ...(typeof planned.driver === "string" && { Driver: planned.driver }),
      Internal: planned.internal === true,
      Labels: labelMap(planned.labels),
      IPAM: { Driver: "default", Config: pools.map(({ subnet, gateway }) => ({ Subnet: subnet, Gateway: gateway })) },
    };
    try {
      const { Id } = await engine.post("/networks/create", { body });
      return (await read({ ...planned, id: Id }, engine))!;
    } catch (error) {
      throw new Problem(`Unable to create network: ${(error as Error).message}`);
    }
  },
  read,
  async destroy(state, engine) {
    for (let left = REMOVAL_TRIES; ; left--) {
      try {
        await engine.delete(`/networks/${state.id}`);
        return;
      } catch (error) {
        if (error instanceof EngineError && error.status === 404) return;
        if (!(error as Error).message.includes("has active endpoints") || left === 1) throw error;
        await engine.pause(REMOVAL_PAUSE_MS);
      }
    }
  },
};

async function read(state: Values, engine: Engine): Promise<Values | null> {
  const found = await engine.find(`/networks/${state.id}`);
  if (!found) return null;
  const labelled = Object.entries(found.Labels ?? {}).map(([label, value]) => ({ label, value }));
  return { ...state, ...described(found), labels: labelled };
}

function described(found: Value): Values {
  return {
    id: found.Id,
    name: found.Name,
    driver: found.Driver,
    internal: found.Internal,
    scope: found.Scope,
    options: found.Options ?? {},
    ipam_config: (found.IPAM?.Config ?? []).map(poolOf),
  };
}

const endpoint = object({
  container_id: "string",
  name: "string",
  endpoint_id: "string",
  ipv4_address: "string",
  ipv6_address: "string",
  mac_address: "string",
});

const poolOf = (pool: Value) => ({ subnet: pool.Subnet ?? "", gateway: pool.Gateway ?? "" });

/** An existing network. */
export const networkData: DataSource<Engine> = {
  block: {
    attributes: {
      id: computed("string"),
      name: required("string"),
      driver: computed("string"),
      internal: computed("bool"),
      options: computed(map("string")),
      scope: computed("string"),
      ipam_config: computed(
        set(object({ subnet: "string", gateway: "string", ip_range: "string", aux_address: map("string") })),
      ),
      containers: computed(list(endpoint)),
    },
  },
  async read(config, engine) {
    const found = await engine.get(`/networks/${encodeURIComponent(config.name)}`).catch((error: Error) => {
      throw new Problem(`Could not find docker network: ${error.message}`);
    });
    const attached = Object.entries<Value>(found.Containers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const pools: Value[] = found.IPAM?.Config ?? [];
    return {
      ...described(found),
      ipam_config: pools.map((pool) => ({
        ...poolOf(pool),
        ip_range: pool.IPRange ?? "",
        aux_address: pool.AuxiliaryAddresses ?? {},
      })),
      containers: attached.map(([container_id, there]) => ({
        container_id,
        name: there.Name,
        endpoint_id: there.EndpointID,
        ipv4_address: there.IPv4Address,
        ipv6_address: there.IPv6Address,
        mac_address: there.MacAddress,
      })),
    };
  },
};
