import { clusterUp } from "./cluster/up.js";
import { hostUp } from "./host.js";
import type { Instance } from "./instance.js";
import type { Report } from "./progress.js";

/** Brings an instance up, whatever state it is in: one host, or a cluster. Parts that are already right stay as they are. */
export async function up(instance: Instance, report: Report): Promise<void> {
  const { cluster } = instance;
  await (cluster ? clusterUp(instance, cluster, report) : hostUp(instance, report));
}
