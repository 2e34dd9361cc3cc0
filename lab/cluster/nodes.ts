import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { ensureContainer, ensureNetwork } from "../docker.js";
import { copyImages, ENGINE_RIGHTS } from "../engine-in-container.js";
import type { Instance } from "../instance.js";
import { eventually } from "../site.js";
import type { Cluster, ClusterNode } from "./cluster.js";
import { dockerHere, dockerOn } from "./engines.js";
import { copyData, dataRoot, NODES, seedOf } from "./node-data.js";

/**
 * Starts the machines of a cluster, and gives each the images: no registry holds those that were built here.
 *
 * @param nodeImage a machine: Debian with its own engine
 */
export async function ensureNodes(
  instance: Instance,
  cluster: Cluster,
  nodeImage: string,
  images: readonly string[],
): Promise<void> {
  const [manager, ...others] = cluster.nodes;
  const start = async (node: ClusterNode) => {
    await ensureNode(instance, cluster, node, nodeImage);
    await ensureImages(node, images);
  };
  await ensureNetwork(instance, cluster.network);
  const seed = await seedOf(images);
  await copyData(seed, cluster.nodes.map(dataRoot));
  await start(manager);
  if ((await dockerOn(manager, ["ps", "--all", "--quiet"])) === "") {
    await copyData(dataRoot(manager), [seed]);
    await copyData(seed, others.map(dataRoot));
  }
  await Promise.all(others.map(start));
}

async function ensureNode(instance: Instance, cluster: Cluster, node: ClusterNode, image: string): Promise<void> {
  const sockets = dirname(node.socket);
  const { ports, baseDirectory } = instance;
  const host = [
    ...["--volume", `${baseDirectory}:${baseDirectory}`],
    ...[...Object.values(ports), cluster.s3.port].flatMap((port) => ["--publish", `127.0.0.1:${port}:${port}`]),
  ];
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  await ensureContainer(instance, {
    name: node.name,
    image,
    settings: [
      ...[...ENGINE_RIGHTS, "--restart", "unless-stopped", "--hostname", node.name, "--ip", node.address],
      ...["--volume", NODES, "--volume", `${sockets}:${sockets}`],
      ...(node === cluster.nodes[0] ? host : []),
    ],
    networks: [{ name: cluster.network.name }],
    command: ["--data-root", dataRoot(node), "--host", `unix://${node.socket}`],
  });
  await answers(node);
}

/** Waits until a node's engine answers. @throws CommandFailed after 60 s */
export async function answers(node: ClusterNode): Promise<void> {
  await eventually(60, () => dockerOn(node, ["version"], { timeoutSeconds: 10 }));
}

const IDS = ["image", "inspect", "--format", "{{.Id}}"];

async function ensureImages(node: ClusterNode, images: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const image of images) {
    const wanted = await dockerHere([...IDS, image]);
    const there = await dockerOn(node, [...IDS, image]).catch(() => "none");
    if (there !== wanted) missing.push(image);
  }
  if (missing.length > 0) await copyImages(missing, node.socket);
}
