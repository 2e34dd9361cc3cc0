import { comparable, consumerRules } from "./across-consumers.js";
import { backendRules } from "./backend.js";
import { withDefaults } from "./defaults.js";
import { belowFloor, lacksFixes } from "./image.js";
import { heapInNodeOptions, leastHeap, leastMemory } from "./memory.js";
import type { Placed } from "./problems.js";
import type { EnvironmentFile } from "./schema.js";

/**
 * What is wrong between settings. Runs also when single settings are wrong, so that everything shows at once: a section
 * that is no mapping counts as empty, a value of the wrong type is not compared.
 */
export function acrossSettings(name: string, file: EnvironmentFile): Placed[] {
  const whole = { ...file, consumers: comparable(file.consumers) };
  for (const section of [
    "networks",
    "postgresql",
    "caddy",
    "admin",
    "environment",
    "backups",
    "onDestroy",
    "acknowledgements",
    "backend",
  ] as const) {
    const value: unknown = file[section];
    if (typeof value !== "object" || value === null) Object.assign(whole, { [section]: {} });
  }
  const rules = [
    memoryRules,
    heapRules,
    imageRules,
    roleRules,
    networkRules,
    containerRules,
    backendRules,
    consumerRules,
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
    const message = `is less than the ${leastMemory}M that NocoDB starts in`;
    found.push([["memory"], { message, remedy: "set at least 256M" }]);
  }
  if (reservation !== undefined && reservation >= memory) {
    const message = `must be less than memory (${memory}M)`;
    found.push([["memoryReservation"], { message, remedy: "lower it, or raise memory" }]);
  }
  return found;
}

function heapRules(name: string, file: EnvironmentFile): Placed[] {
  const heap = heapInNodeOptions(String(file.environment.NODE_OPTIONS));
  const memory = memoryOf(name, file);
  const path = ["environment", "NODE_OPTIONS"];
  if (heap === undefined) return [];
  const remedy = "lower --max-old-space-size, raise memory, or remove the line and let the app size it";
  if (memory !== undefined && heap >= memory) {
    return [[path, { message: `asks for a heap of ${heap} MiB in a container of ${memory} MiB`, remedy }]];
  }
  if (heap >= leastHeap) return [];
  const message = `asks for a heap of ${heap} MiB, and NocoDB crashes under ${leastHeap}`;
  return [[path, { message, remedy: "raise --max-old-space-size, or remove the line and let the app size it" }]];
}

function imageRules(_name: string, file: EnvironmentFile): Placed[] {
  const acknowledged = file.acknowledgements?.[belowFloor] !== undefined;
  const finding = acknowledged || typeof file.image !== "string" ? undefined : lacksFixes(file.image);
  return finding === undefined ? [] : [[["image"], finding]];
}

function roleRules(_name: string, { postgresql }: EnvironmentFile): Placed[] {
  if (postgresql.role === undefined || postgresql.role !== postgresql.superuser) return [];
  const message = "is the superuser, whose password the app must not change";
  return [[["postgresql", "role"], { message, remedy: "choose a role of NocoDB's own, such as nocodb" }]];
}

function networkRules(name: string, file: EnvironmentFile): Placed[] {
  const { backend, frontend } = withDefaults(name, file).networks;
  const path = ["networks", "frontend"];
  if (backend.name !== frontend.name) return [];
  const message = "is the backend network too, so the database would stand beside the site";
  return [[path, { message, remedy: "name two networks" }]];
}

function containerRules(name: string, file: EnvironmentFile): Placed[] {
  const { project, postgresql, caddy } = withDefaults(name, file);
  const own: Placed[] = Object.entries({ postgresql, caddy })
    .filter(([, { container }]) => container === `${project}_nocodb`)
    .map(([section]) => [
      [section, "container"],
      { message: "is the container that the app itself creates", remedy: `name the host's ${section} container` },
    ]);
  if (postgresql.container !== caddy.container) return own;
  const message = "is the container of PostgreSQL too";
  return [...own, [["caddy", "container"], { message, remedy: "name the container that Caddy runs in" }]];
}
