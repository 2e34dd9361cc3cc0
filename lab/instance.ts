import { homedir } from "node:os";
import { join } from "node:path";
import { type Cluster, clusterOf } from "./cluster/cluster.js";
import { type LabNetwork, networkOf, type Place } from "./place.js";
import { LabProblem } from "./problem.js";

/** The label of all objects that belong to an instance; its value is the instance's name. */
export const LABEL = "nocodb-lab";

/** The containers on the host that call NocoDB's API. */
export const CONSUMERS = ["openclaw", "n8n"] as const;
export type LabConsumer = (typeof CONSUMERS)[number];

/** Names, paths and ports of one instance of the lab. Several can exist side by side. */
export interface Instance {
  /** Also the name of the project on the host. */
  readonly name: string;
  readonly domain: string;
  /** Holds all files of the instance. */
  readonly directory: string;
  /** The base directory of the host ("/opt/<project>" on a real one); the same path here and on the host. */
  readonly baseDirectory: string;
  readonly caddyfile: string;
  /** /etc/caddy/sites in Caddy's container. The Caddyfile does not import it until somebody adds the import. */
  readonly sitesDirectory: string;
  readonly identityFile: string;
  readonly knownHosts: string;
  /** Caddy's own root certificate, to verify its sites with. */
  readonly rootCertificate: string;
  /** On 127.0.0.1 of this machine. */
  readonly ports: { readonly ssh: number; readonly http: number; readonly https: number };
  /** Where the host's engine publishes them: a cluster's host is a container, whose ports this machine publishes. */
  readonly publishedOn: "127.0.0.1" | "0.0.0.0";
  readonly frontend: LabNetwork;
  readonly backend: LabNetwork;
  readonly containers: {
    readonly postgresql: string;
    readonly caddy: string;
    readonly sshd: string;
    /** Created by the app, not by the lab; `down` removes it too. */
    readonly nocodb: string;
    /** On backend and frontend. */
    readonly openclaw: string;
    /** On backend only. */
    readonly n8n: string;
  };
  /** Read when the consumer's container is created. They belong to the deploy user and may be unreadable here. */
  readonly envFiles: Readonly<Record<LabConsumer, string>>;
  /** On the host, as the deploy user: `<recreateCommand> openclaw` recreates that container from its env file. */
  readonly recreateCommand: string;
  readonly volumes: { readonly postgresql: string; readonly caddy: string };
  /** A site beside NocoDB's, which must survive everything that the app does. */
  readonly otherSite: string;
  /** The machines, if the host is the first of a Docker Swarm cluster. */
  readonly cluster?: Cluster;
}

/**
 * All possible instances, by name, with distinct ports and subnets. `lab` is for people, `labtest` and `labtest2` for the
 * tests, and the others for tests of several clones at the same time (LAB_TEST_INSTANCE). `cluster1` and `cluster2` are
 * clusters of three engines.
 */
const PLACES: Record<string, Place> = Object.fromEntries(
  [...["lab", "labtest", "labtest2", "labtest3", "labtest4", "labtest5", "labtest6"], ...["cluster1", "cluster2"]].map(
    (name, nth) => [
      name,
      // Outside of the pools from which Docker takes the networks of compose projects: 172.17 to 172.31, and 192.168.
      { port: 20_000 + 1000 * nth, subnet: `10.${220 + nth}` },
    ],
  ),
);

/**
 * The instances that a run of the tests uses, one for each of its workers.
 *
 * @throws LabProblem if LAB_TEST_INSTANCE is not the name of an instance
 */
export function testInstances(chosen = process.env.LAB_TEST_INSTANCE): Instance[] {
  return (chosen ? [chosen] : ["labtest", "labtest2"]).map((name) => instanceNamed(name));
}

/** The instance of this worker. */
export function testInstance(): Instance {
  return testInstances()[Number(process.env.VITEST_POOL_ID ?? 1) - 1]!;
}

/** @throws LabProblem if no instance has that name */
export function instanceNamed(name = "lab", home = homedir()): Instance {
  const place = Object.hasOwn(PLACES, name) ? PLACES[name] : undefined;
  if (!place) {
    throw new LabProblem(`There is no instance "${name}"`, `Instances are: ${Object.keys(PLACES).join(", ")}`);
  }
  const cluster = name.startsWith("cluster") ? clusterOf(name, place, pathsOf(name, home)) : undefined;
  const publishedOn = cluster ? "0.0.0.0" : "127.0.0.1";
  return {
    ...namesOf(name),
    ...pathsOf(name, home),
    ...placesOf(name, place),
    publishedOn,
    ...(cluster && { cluster }),
  };
}

function namesOf(name: string) {
  return {
    name,
    domain: `${name}.localhost`,
    otherSite: `hello.${name}.localhost`,
    containers: {
      postgresql: `${name}_postgresql`,
      caddy: `${name}_caddy`,
      sshd: `${name}_sshd`,
      nocodb: `${name}_nocodb`,
      openclaw: `${name}_openclaw`,
      n8n: `${name}_n8n`,
    },
    volumes: { postgresql: `${name}_postgresql`, caddy: `${name}_caddy` },
  };
}

function pathsOf(name: string, home: string) {
  const directory = join(home, ".nocodb-lab", name);
  const baseDirectory = join(directory, "host");
  return {
    directory,
    baseDirectory,
    caddyfile: join(baseDirectory, "configs/caddy/Caddyfile"),
    sitesDirectory: join(baseDirectory, "configs/caddy/sites"),
    identityFile: join(directory, "ssh/id_ed25519"),
    knownHosts: join(directory, "ssh/known_hosts"),
    rootCertificate: join(directory, "caddy-root.crt"),
    envFiles: {
      openclaw: join(baseDirectory, "configs/openclaw/openclaw.env"),
      n8n: join(baseDirectory, "configs/n8n/n8n.env"),
    },
    recreateCommand: join(baseDirectory, "recreate"),
  };
}

function placesOf(name: string, { port, subnet }: Place) {
  const network = (side: string, third: number) => networkOf(`${name}_${side}`, `${subnet}.${third}`);
  return {
    ports: { ssh: port + 222, http: port + 80, https: port + 443 },
    frontend: network("frontend", 1),
    backend: network("backend", 2),
  };
}
