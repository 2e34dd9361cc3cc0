import type { Placed } from "../diagnostics/problems.js";
import type { EnvironmentFile } from "../schema.js";

/** What several replicas share, which one alone keeps to itself. */
const SHARED = [
  [
    "redis",
    "its replicas would not know of each other's changes, sessions and jobs",
    "set redis.host, or swarm.replicas: 1",
  ],
  [
    "attachments",
    "an attachment would be on the disk of one replica, and missing on the others",
    "set attachments.s3, or swarm.replicas: 1",
  ],
] as const;

/** What a cluster does unless its settings say otherwise. */
export const SWARM_DEFAULTS = {
  replicas: 1,
  endpointMode: "vip",
  /** Of an update, and of taking one back. */
  rollout: { parallelism: 1, delay: 0, monitor: 5 },
} as const;

/** What engine swarm needs, and what only one of the engines knows. */
export function swarmRules(_name: string, file: EnvironmentFile): Placed[] {
  const { engine, swarm } = file;
  if (engine !== "swarm") {
    // Also for the way back from a cluster: a setting that does nothing looks as if it did.
    const remedy = "set engine: swarm, or remove it (as a comment it can stay)";
    return written(swarm).map((path) => [["swarm", ...path], { message: "is set, and engine is container", remedy }]);
  }
  const found: Placed[] = [];
  const replicas = swarm.replicas ?? 1;
  if (replicas > 1) {
    for (const [section, why, remedy] of SHARED) {
      if (isShared(file, section)) continue;
      found.push([
        ["swarm", "replicas"],
        { message: `is more than 1 without ${section}${section === "attachments" ? ".s3" : ""}: ${why}`, remedy },
      ]);
    }
  }
  const local = !isShared(file, "attachments");
  if (local && swarm.node === undefined) {
    const remedy = "set swarm.node to the host name of the machine that ssh.host reaches, or set attachments.s3";
    const message = "is missing, and NocoDB's files are on a disk: on another node NocoDB would not find them";
    found.push([["swarm", "node"], { message, remedy }]);
  }
  if (!local && swarm.node !== undefined) {
    const remedy = "remove it; swarm.constraints chooses nodes";
    found.push([["swarm", "node"], { message: "is set, and NocoDB's files are in attachments.s3", remedy }]);
  }
  if (file.usernsMode !== undefined) {
    const remedy = "remove it: a cluster starts all tasks with the engine's own mapping of users";
    found.push([["usernsMode"], { message: "is set, and engine is swarm", remedy }]);
  }
  return found;
}

/** The paths of the settings of swarm that have another value than their default. */
function written(swarm: EnvironmentFile["swarm"] | undefined): string[][] {
  const { rollout, ...defaults } = SWARM_DEFAULTS;
  const differing = (values: object, ordinary: Readonly<Record<string, unknown>>) =>
    Object.entries(values)
      .filter(([key, value]) => (Array.isArray(value) ? value.length > 0 : value !== ordinary[key]))
      .map(([key]) => key);
  const { update = {}, rollback = {}, ...others } = swarm ?? {};
  return [
    ...differing(others, defaults).map((key) => [key]),
    ...differing(update, rollout).map((key) => ["update", key]),
    ...differing(rollback, rollout).map((key) => ["rollback", key]),
  ];
}

function isShared({ redis, attachments }: EnvironmentFile, section: "redis" | "attachments"): boolean {
  return section === "redis" ? redis !== undefined : attachments?.s3 !== undefined;
}
