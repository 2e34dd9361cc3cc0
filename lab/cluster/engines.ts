import { type CommandOptions, must } from "../command.js";
import type { Cluster, ClusterNode } from "./cluster.js";

/** The engine whose containers are the nodes, for commands of a process that uses the manager's. */
const MACHINE = "NOCODB_LAB_MACHINE";

const endpoint = (node: ClusterNode) => `unix://${node.socket}`;

/** Runs `docker ARGUMENTS` on a node's engine and returns its output. @throws CommandFailed */
export function dockerOn(node: ClusterNode, argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  return must(["docker", ...argv], { ...options, env: { ...options.env, DOCKER_HOST: endpoint(node) } });
}

/** Runs `docker ARGUMENTS` on the engine whose containers are the nodes. @throws CommandFailed */
export function dockerHere(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const here = process.env[MACHINE] ?? process.env.DOCKER_HOST ?? "";
  return must(["docker", ...argv], { ...options, env: { ...options.env, DOCKER_HOST: here } });
}

/** From now on, this process and the commands that it runs use the first node's engine, as if they ran there. */
export function useManager({ nodes: [manager] }: Cluster): void {
  process.env[MACHINE] ??= process.env.DOCKER_HOST ?? "";
  process.env.DOCKER_HOST = endpoint(manager);
}

/** Runs `work` in this process with the first node's engine. Nothing else may use the engine meanwhile. */
export async function onManager<T>(cluster: Cluster, work: () => Promise<T>): Promise<T> {
  const { DOCKER_HOST: before } = process.env;
  useManager(cluster);
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
}
