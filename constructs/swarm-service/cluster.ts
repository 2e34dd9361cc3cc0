/** How a service runs in a Docker Swarm. */
export interface ClusterProps {
  /** How many tasks run at once. */
  readonly replicas: number;
  /**
   * What the name of the service resolves to: `vip`, one address that the kernel balances (needs IPVS), or `dnsrr`, the
   * addresses of the tasks in turn.
   */
  readonly endpointMode: "vip" | "dnsrr";
  /** Conditions that a node must meet, such as `node.labels.disk == ssd`. */
  readonly constraints: readonly string[];
  /** Host name of the node whose disk holds the service's files. @default they are not on a node */
  readonly node?: string | undefined;
  /** Whether a new task starts before its predecessor stops, so that both run for a while. */
  readonly startFirst: boolean;
  /** How tasks are updated. */
  readonly update: Rollout;
  /** How the engine takes an update back. */
  readonly rollback: Rollout;
}

/** The pace at which the engine replaces tasks. */
export interface Rollout {
  /** How many tasks at once. */
  readonly parallelism: number;
  /** Seconds between two batches. */
  readonly delay: number;
  /** Seconds after a task got healthy in which its end counts as a failure of the update. */
  readonly monitor: number;
}
