import { withDefaults } from "../defaults.js";
import type { Placed } from "../diagnostics/problems.js";
import { schemasAt } from "../diagnostics/schema-paths.js";
import { type EnvironmentFile, environmentFile } from "../schema.js";
import { alertRules } from "./alerts.js";
import { backendRules } from "./backend.js";
import { mapping } from "./checks.js";
import { comparable, consumerRules } from "./consumers.js";
import { belowFloor, lacksFixes } from "./image.js";
import { heapInNodeOptions, leastHeap, leastMemory } from "./memory.js";
import { comparableServer, postgresqlRules } from "./postgresql.js";
import { storageRules } from "./storage.js";
import { swarmRules } from "./swarm.js";
import { secretRules } from "./variables.js";

const sections = Object.keys(environmentFile.shape).filter((key) =>
  schemasAt([key]).some(({ type }) => type === "object"),
);

/**
 * Checks settings against each other. Runs even if single settings are invalid, so that every problem shows at once: a
 * section that is not a mapping (or a list) counts as empty, and a value of the wrong type is not compared.
 */
export function crossField(name: string, file: EnvironmentFile): Placed[] {
  const written: Record<string, unknown> = { ...file };
  const mappings = sections.filter((key) => written[key] !== undefined).map((key) => [key, mapping(written[key])]);
  const networks = Object.fromEntries(
    Object.entries(mapping(file.networks)).map(([key, value]) => [
      key,
      typeof value === "string" ? value : mapping(value),
    ]),
  );
  const secrets = Array.isArray(file.secrets) ? file.secrets : [];
  const postgresql = comparableServer(mapping(file.postgresql));
  const whole = {
    ...{ ...file, ...Object.fromEntries(mappings), postgresql, networks, secrets },
    consumers: comparable(file.consumers),
  } as EnvironmentFile;
  const rules = [
    memoryRules,
    heapRules,
    imageRules,
    roleRules,
    postgresqlRules,
    networkRules,
    containerRules,
    backendRules,
    consumerRules,
    secretRules,
    storageRules,
    alertRules,
    swarmRules,
  ];
  return rules.flatMap((rule) => rule(name, whole));
}

const number = (value: unknown) => (typeof value === "number" ? value : undefined);
const memoryOf = (name: string, file: EnvironmentFile) => number(withDefaults(name, file).memory);

function memoryRules(name: string, file: EnvironmentFile): Placed[] {
  const memory = memoryOf(name, file);
  const reservation = number(file.memoryReservation);
  const found: Placed[] = [];
  if (memory === undefined) return found;
  if (memory < leastMemory) {
    const message = `is less than the ${leastMemory}M that NocoDB needs to start`;
    found.push([["memory"], { message, remedy: "set at least 256M" }]);
  }
  if (reservation !== undefined && reservation >= memory) {
    const message = `must be less than memory (${memory}M)`;
    found.push([["memoryReservation"], { message, remedy: "lower it, or raise memory" }]);
  }
  return found;
}

function heapRules(name: string, file: EnvironmentFile): Placed[] {
  const heap = heapInNodeOptions(String(file.variables.NODE_OPTIONS));
  const memory = memoryOf(name, file);
  const path = ["variables", "NODE_OPTIONS"];
  if (heap === undefined) return [];
  const remedy = "lower --max-old-space-size, raise memory, or remove the line to let the app size it";
  if (memory !== undefined && heap >= memory) {
    return [[path, { message: `requests a heap of ${heap} MiB in a container of ${memory} MiB`, remedy }]];
  }
  if (heap >= leastHeap) return [];
  const message = `requests a heap of ${heap} MiB, and NocoDB crashes below ${leastHeap}`;
  return [[path, { message, remedy: "raise --max-old-space-size, or remove the line to let the app size it" }]];
}

function imageRules(_name: string, file: EnvironmentFile): Placed[] {
  const acknowledged = file.acknowledgements?.[belowFloor] !== undefined;
  const finding = acknowledged || typeof file.image !== "string" ? undefined : lacksFixes(file.image);
  return finding === undefined ? [] : [[["image"], finding]];
}

function roleRules(_name: string, { postgresql }: EnvironmentFile): Placed[] {
  if (postgresql.role === undefined || postgresql.role !== postgresql.superuser) return [];
  const message = "is the superuser, and the app must not change its password";
  return [[["postgresql", "role"], { message, remedy: "choose a role only for NocoDB, such as nocodb" }]];
}

function networkRules(name: string, file: EnvironmentFile): Placed[] {
  const networks = Object.entries(withDefaults(name, file).networks);
  return networks.flatMap(([key, network], index): Placed[] => {
    const other = networks.slice(0, index).find(([, { name }]) => name === network.name);
    if (other === undefined) return [];
    const isOneForBoth = key === "frontend" && network.create === undefined && other[1].create === undefined;
    const remedy = `${isOneForBoth ? "set both to it if it serves both, or " : ""}set two different networks`;
    return [[["networks", key], { message: `is also networks.${other[0]}`, remedy }]];
  });
}

function containerRules(name: string, file: EnvironmentFile): Placed[] {
  const { project, postgresql, caddy } = withDefaults(name, file);
  const own: Placed[] = Object.entries({ postgresql, caddy })
    .filter(([, { container }]) => container === `${project}_nocodb`)
    .map(([section]) => [
      [section, "container"],
      { message: "is the container that the app creates", remedy: `set the host's ${section} container` },
    ]);
  if (postgresql.container !== caddy.container) return own;
  const message = "is also the container of PostgreSQL";
  return [...own, [["caddy", "container"], { message, remedy: "set the container that Caddy runs in" }]];
}
