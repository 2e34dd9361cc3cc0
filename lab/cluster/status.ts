import type { Instance } from "../instance.js";
import { status } from "../status.js";
import type { Cluster } from "./cluster.js";
import { dockerOn, onManager } from "./engines.js";

/** The machines of a cluster, its swarm, and the parts of the host on the first machine, in lines for a person. */
export async function clusterStatus(instance: Instance, cluster: Cluster): Promise<string[]> {
  const [manager] = cluster.nodes;
  const machines = await status(instance);
  const lists = [
    ["node", "ls"],
    ["service", "ls"],
  ].map((list) => dockerOn(manager, list, { timeoutSeconds: 10 }));
  try {
    const lines = (await Promise.all(lists)).flatMap((list) => list.split("\n"));
    const host = await onManager(cluster, () => status(instance));
    return [
      ...machines,
      "swarm:",
      ...lines.map((line) => `  ${line}`),
      `on ${manager.name}, ${host[0]}`,
      ...host.slice(1),
    ];
  } catch (error) {
    return [...machines, `swarm: ${manager.name} does not answer: ${(error as Error).message}`];
  }
}
