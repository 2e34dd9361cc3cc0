import { contentKey } from "../cache.js";
import { must, run } from "../command.js";
import { engineImage } from "../recipes.js";
import { type Cluster, type ClusterNode, NODE_RELEASE } from "./cluster.js";
import { dockerHere } from "./engines.js";

/**
 * A volume of this machine's engine with the data of the engines of all nodes, and of a set of images, the seed: in one
 * volume, a new node gets the images as hard links, within seconds.
 */
const VOLUME = "nocodb-lab_nodes";

/** The volume as nodes mount it. */
export const NODES = `${VOLUME}:/nodes`;

/** The data of a node's engine. */
export const dataRoot = (node: ClusterNode) => `/nodes/${node.name}`;

/** The data of an engine that has these images, and nothing else. It may be missing. */
export async function seedOf(images: readonly string[]): Promise<string> {
  const ids = await dockerHere(["image", "inspect", "--format", "{{.Id}}", ...images]);
  return `${SEED}${contentKey({ ids })}`;
}

const SEED = "/nodes/images-";

/** Copies the images of an engine that has no containers to folders that do not exist yet. */
export async function copyData(from: string, to: readonly string[]): Promise<void> {
  await inVolume(COPY, from, ...to);
}

/**
 * Engines never write to the layers of an image, so hard links do. An interrupted copy does not get the final name. A new
 * seed replaces the former one.
 */
const COPY = `
  from=$1
  shift
  [ -e "$from" ] || exit 0
  for to; do
    [ ! -e "$to" ] || continue
    case $to in ${SEED}*) rm -rf ${SEED}* ;; esac
    rm -rf "$to.new"
    mkdir "$to.new"
    cp -a "$from/image" "$to.new/"
    cp -al "$from/overlay2" "$to.new/"
    mv "$to.new" "$to"
  done`;

/** Removes the data of nodes that no longer run. */
export async function removeNodeData({ nodes }: Cluster): Promise<void> {
  if ((await run(["docker", "volume", "inspect", VOLUME])).code !== 0) return;
  await inVolume('rm -rf "$@"', ...nodes.map(dataRoot));
}

/** Removes the volume, unless a node uses it. */
export async function removeSeed(): Promise<void> {
  await run(["docker", "volume", "rm", VOLUME]);
}

async function inVolume(script: string, ...words: string[]): Promise<void> {
  const how = ["--rm", "--network", "none", "--volume", NODES, "--entrypoint", "sh"];
  await must(["docker", "run", ...how, engineImage(NODE_RELEASE), "-euc", script, "-", ...words]);
}
