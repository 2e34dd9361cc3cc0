import { join } from "node:path";
import type { DebianRelease } from "../parts.js";
import { type LabNetwork, networkOf, type Place } from "../place.js";

/** Of the releases of Debian that the lab has, the first with an engine that is reliable in a swarm (26.1). */
export const NODE_RELEASE: DebianRelease = "trixie";

/** A machine of a cluster: a container with an engine of its own. */
export interface ClusterNode {
  /** Its container in this machine's engine; also its host name, and so its name in the swarm. */
  readonly name: string;
  /** On the cluster's network. */
  readonly address: string;
  /** Where this machine reaches the node's engine; the same path on the node. */
  readonly socket: string;
}

/**
 * A Docker Swarm cluster of three machines. The first is the host that SSH reaches, with PostgreSQL, Caddy, the consumers,
 * Redis and the S3 server as plain containers, and the only manager: three managers take up to two minutes to agree on a
 * leader after one of them was cut off, and without the first machine nothing is served anyway. `docker node promote` makes
 * managers of the others.
 */
export interface Cluster {
  readonly nodes: readonly [ClusterNode, ClusterNode, ClusterNode];
  readonly network: LabNetwork;
  /** On the overlay `backend` only. */
  readonly redis: {
    readonly container: string;
    readonly volume: string;
    readonly host: string;
    readonly port: number;
    readonly passwordFile: string;
  };
  /** On both overlays, and published: browsers follow the presigned URLs that NocoDB hands out. */
  readonly s3: {
    readonly container: string;
    readonly volume: string;
    /** The same for containers on the overlays and for this machine, where `*.localhost` is 127.0.0.1. */
    readonly endpoint: string;
    readonly host: string;
    readonly port: number;
    readonly bucket: string;
    readonly region: string;
    readonly accessKeyFile: string;
    readonly secretKeyFile: string;
  };
}

/** The cluster of an instance. Files of the host, such as those with passwords, belong to its deploy user. */
export function clusterOf(
  name: string,
  { port, subnet }: Place,
  { directory, baseDirectory }: { readonly directory: string; readonly baseDirectory: string },
): Cluster {
  const node = (number: number): ClusterNode => ({
    name: `${name}_node${number}`,
    address: `${subnet}.0.${10 + number}`,
    socket: join(directory, `node${number}`, "docker.sock"),
  });
  const file = (path: string) => join(baseDirectory, "configs", path);
  const host = `s3.${name}.localhost`;
  return {
    nodes: [node(1), node(2), node(3)],
    network: networkOf(`${name}_nodes`, `${subnet}.0`),
    redis: {
      ...{ container: `${name}_redis`, volume: `${name}_redis`, host: "redis", port: 6379 },
      passwordFile: file("redis/password"),
    },
    s3: {
      ...{ container: `${name}_s3`, volume: `${name}_s3`, host, port: port + 900 },
      ...{ endpoint: `http://${host}:${port + 900}`, bucket: "attachments", region: "us-east-1" },
      accessKeyFile: file("s3/access-key"),
      secretKeyFile: file("s3/secret-key"),
    },
  };
}
