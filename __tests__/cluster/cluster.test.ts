/** What the lab's cluster is for: services across machines, and machines that fail. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClusterNode } from "../../lab/cluster/cluster.js";
import { dockerOn } from "../../lab/cluster/engines.js";
import { heal, killNode, partition, restartEngine, startNode } from "../../lab/cluster/faults.js";
import { ready } from "../../lab/cluster/swarm.js";
import { inContainer } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import { ask, eventually } from "../../lab/site.js";
import { cluster, instance, manager, second, third } from "./cluster.js";

const program = (name: string) => readFile(fileURLToPath(new URL(name, import.meta.url)), "utf8");
const SERVER = `require("node:http").createServer((_, answer) => answer.end(process.env.NODE)).listen(8080)`;
const service = `${instance.name}_web`;

/** The names of the machines whose tasks answer, as a plain container on the first machine reaches them. */
async function machinesBehind(name: string): Promise<string[]> {
  const input = await program("visitor.mjs");
  const node = ["node", "--input-type=module", "-", name];
  return (await inContainer(instance.containers.openclaw, node, { input, timeoutSeconds: 20 })).split(" ");
}

/** Waits until three tasks answer, none of them on that machine. */
const moved = (from: ClusterNode) =>
  eventually(60, async () => {
    const machines = await machinesBehind(service);
    if (machines.length !== 3 || machines.includes(from.name)) throw new Error(`answers: ${machines.join(" ")}`);
  });

/** Runs store.mjs in a container on a machine, on the overlay `backend`. */
async function store(node: ClusterNode, ...word: string[]): Promise<string> {
  const { redis, s3 } = cluster;
  const secret = (file: string) => readFile(file, "utf8");
  const secrets = {
    REDIS_PASSWORD: await secret(redis.passwordFile),
    S3_ACCESS_KEY: await secret(s3.accessKeyFile),
    S3_SECRET_KEY: await secret(s3.secretKeyFile),
  };
  const places = { REDIS_HOST: redis.host, S3_ENDPOINT: s3.endpoint, S3_REGION: s3.region, S3_BUCKET: s3.bucket };
  const env = { ...secrets, ...places };
  const settings = Object.keys(env).flatMap((name) => ["--env", name]);
  const run = ["run", "--rm", "--interactive", "--network", instance.backend.name, ...settings, "--entrypoint", "node"];
  const input = await program("store.mjs");
  return dockerOn(node, [...run, IMAGES.nocodb, "--input-type=module", "-", ...word], { env, input });
}

beforeAll(async () => {
  const where = ["--name", service, "--network", instance.frontend.name, "--replicas", "3", "--endpoint-mode", "dnsrr"];
  const how = ["--no-resolve-image", "--env", "NODE={{.Node.Hostname}}", "--entrypoint", "node"];
  await dockerOn(manager, ["service", "create", "--detach", ...where, ...how, IMAGES.nocodb, "-e", SERVER]);
});

afterAll(() => dockerOn(manager, ["service", "rm", service]));

describe("a service with three replicas", () => {
  const all = cluster.nodes.map(({ name }) => name);

  it.each([service, `tasks.${service}`])("is reached on all machines by the name %s", async (name) => {
    await eventually(30, async () => expect(await machinesBehind(name)).toEqual(all));
  });

  it("moves a task from a killed machine, which comes back to the swarm", async () => {
    await killNode(third);
    await moved(third);
    await startNode(third);
    await ready(cluster);
  });

  it("moves a task from a machine that the others no longer reach, until the partition is healed", async () => {
    await partition(cluster, second);
    await moved(second);
    await heal(cluster, second);
    await ready(cluster);
  });
});

it("what one machine keeps in Redis and S3, another one reads, also after the first machine's engine restarted", async () => {
  // The names of a network come to a machine some time after its first container there.
  await eventually(15, () => store(third, "kept"));
  expect(await eventually(15, () => store(second))).toBe("kept kept");
  await restartEngine(manager);
  await ready(cluster);
  expect(await eventually(30, () => store(second))).toBe("kept kept");
  await eventually(30, async () => expect((await ask(instance, instance.otherSite)).status).toBe(200));
  await eventually(30, async () => expect(await machinesBehind(service)).toHaveLength(3));
});
