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

/** What engine swarm needs, and what only one of the engines knows. */
export function swarmRules(_name: string, file: EnvironmentFile): Placed[] {
  const { engine, swarm } = file;
  if (engine !== "swarm") {
    return Object.keys(swarm ?? {})
      .filter((key) => isWritten(swarm, key))
      .map((key) => [
        ["swarm", key],
        { message: "is set, and engine is container", remedy: "set engine: swarm, or remove it" },
      ]);
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

/** Whether a setting of swarm has another value than its default. */
function isWritten(swarm: EnvironmentFile["swarm"], key: string): boolean {
  const defaults: Record<string, unknown> = { replicas: 1, endpointMode: "vip" };
  const value = (swarm as Record<string, unknown>)[key];
  if (key === "update" || key === "rollback" || value === undefined) return false;
  return Array.isArray(value) ? value.length > 0 : value !== defaults[key];
}

function isShared({ redis, attachments }: EnvironmentFile, section: "redis" | "attachments"): boolean {
  return section === "redis" ? redis !== undefined : attachments?.s3 !== undefined;
}
