import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { ensureContainer, ensureNetwork, ensureVolume } from "../docker.js";
import { copyImages, ENGINE_RIGHTS } from "../engine-in-container.js";
import type { Instance } from "../instance.js";
import { eventually } from "../site.js";
import type { Cluster, ClusterNode } from "./cluster.js";
import { dockerHere, dockerOn } from "./engines.js";

/**
 * Starts the machines of a cluster, and gives each the images: no registry holds those that were built here.
 *
 * @param engineImage of a machine: Debian with its own engine
 */
export async function ensureNodes(
  instance: Instance,
  cluster: Cluster,
  engineImage: string,
  images: readonly string[],
): Promise<void> {
  const [manager, ...others] = cluster.nodes;
  await ensureNetwork(instance, cluster.network);
  await ensureVolume(instance, cluster.volume);
  const start = async (node: ClusterNode) => {
    await ensureNode(instance, cluster, node, engineImage);
    await ensureImages(node, images);
  };
  await start(manager);
  if ((await dockerOn(manager, ["ps", "--all", "--quiet"])) === "") {
    for (const node of others) await seed(manager, node);
  }
  await Promise.all(others.map(start));
}

/** The folder of a node's engine in the volume, which every node mounts. */
const dataRoot = (node: ClusterNode) => `/nodes/${node.name}`;

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
      ...["--volume", `${cluster.volume}:${dirname(dataRoot(node))}`, "--volume", `${sockets}:${sockets}`],
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

/** Gives a node that has not started yet the images of one that has no containers. */
async function seed(from: ClusterNode, to: ClusterNode): Promise<void> {
  await dockerHere(["exec", from.name, "sh", "-euc", SEED, "-", dataRoot(from), dataRoot(to)]);
}

/** Engines never write to the layers of images, so hard links do; an interrupted copy does not get the final name. */
const SEED = `
  [ ! -e "$2" ] || exit 0
  rm -rf "$2.new"
  mkdir "$2.new"
  cp -a "$1/image" "$2.new/"
  cp -al "$1/overlay2" "$2.new/"
  mv "$2.new" "$2"`;
