import { ensureNetwork } from "../docker.js";
import type { Instance } from "../instance.js";
import { eventually } from "../site.js";
import type { Cluster, ClusterNode } from "./cluster.js";
import { dockerOn, onManager } from "./engines.js";

/** Joins the nodes into a swarm and creates the overlay networks, as far as they are missing. */
export async function ensureSwarm(instance: Instance, cluster: Cluster): Promise<void> {
  const [manager, ...others] = cluster.nodes;
  if (!(await isMember(manager))) await dockerOn(manager, ["swarm", "init", "--advertise-addr", manager.address]);
  for (const node of others) {
    if (await isMember(node)) continue;
    const token = await dockerOn(manager, ["swarm", "join-token", "--quiet", "worker"]);
    const how = ["--advertise-addr", node.address, "--token", token];
    await dockerOn(node, ["swarm", "join", ...how, `${manager.address}:2377`]);
  }
  await ready(cluster);
  const overlay = ["--driver", "overlay", "--attachable"];
  await onManager(cluster, async () => {
    await ensureNetwork(instance, instance.frontend, overlay);
    await ensureNetwork(instance, instance.backend, [...overlay, "--internal"]);
  });
}

async function isMember(node: ClusterNode): Promise<boolean> {
  return (await dockerOn(node, ["info", "--format", "{{.Swarm.LocalNodeState}}"])) !== "inactive";
}

/** Waits until the swarm counts all nodes as ready, and those that are managers as reachable. */
export async function ready(cluster: Cluster, seconds = 60): Promise<void> {
  const [manager] = cluster.nodes;
  await eventually(seconds, async () => {
    const states = (await dockerOn(manager, ["node", "ls", "--format", NODE], { timeoutSeconds: 10 })).split("\n");
    const good = states.filter((state) => / Ready( Leader| Reachable)?\s*$/.test(state));
    if (good.length < cluster.nodes.length) throw new Error(`the swarm's nodes are: ${states.join(", ")}`);
  });
}

const NODE = "{{.Hostname}} {{.Status}} {{.ManagerStatus}}";
