import { LABEL } from "../instance.js";
import { eventually } from "../site.js";
import type { Cluster, ClusterNode } from "./cluster.js";
import { dockerHere, dockerOn } from "./engines.js";
import { answers } from "./nodes.js";

/** Ends a machine at once, with its engine and all containers, as if it lost its power. */
export async function killNode(node: ClusterNode): Promise<void> {
  await dockerHere(["kill", "--signal", "KILL", node.name]);
}

/** Starts a machine that was ended. Its engine is back in the swarm within seconds. */
export async function startNode(node: ClusterNode): Promise<void> {
  await dockerHere(["start", node.name]);
  await containersBack(node);
}

/** Restarts a machine's engine as systemd does: its containers stop, and those with a restart policy start again. */
export async function restartEngine(node: ClusterNode): Promise<void> {
  await dockerHere(["restart", "--time", "30", node.name]);
  await containersBack(node);
}

/**
 * Waits until the lab's containers on a machine run. An engine that starts several containers of an attachable overlay at
 * once may leave one stopped ("network … not found"), in spite of its restart policy: that one is started here.
 */
async function containersBack(node: ClusterNode): Promise<void> {
  await answers(node);
  const stopped = ["ps", "--all", "--quiet", "--filter", "status=exited", "--filter", `label=${LABEL}`];
  await eventually(60, async () => {
    const ids = await dockerOn(node, stopped);
    if (ids !== "") await dockerOn(node, ["start", ...ids.split("\n")]);
  });
}

/** Cuts a machine off from the others, in both directions. This machine still reaches it, as do users and SSH. */
export async function partition(cluster: Cluster, node: ClusterNode): Promise<void> {
  for (const { address } of cluster.nodes.filter((each) => each !== node)) await rules(node, "--append", address);
}

/** Ends the partition of a machine. A machine that was started since has none. */
export async function heal(cluster: Cluster, node: ClusterNode): Promise<void> {
  for (const { address } of cluster.nodes.filter((each) => each !== node)) await rules(node, "--delete", address);
}

async function rules(node: ClusterNode, action: "--append" | "--delete", address: string): Promise<void> {
  const drop = (chain: string, direction: string) =>
    dockerHere([
      ...["exec", node.name, "iptables", "--wait", "--table", "raw"],
      ...[action, chain, direction, address, "--jump", "DROP"],
    ]);
  await drop("PREROUTING", "--source");
  await drop("OUTPUT", "--destination");
}
