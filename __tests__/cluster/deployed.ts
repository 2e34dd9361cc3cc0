import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { dockerOn } from "../../lab/cluster/engines.js";
import { CONSUMERS } from "../../lab/instance.js";
import { eventually } from "../../lab/site.js";
import {
  consumers,
  deployment,
  expectEmptyPlan,
  expectNoDrift,
  health,
  host,
  signInAsAdmin,
  site,
} from "../e2e/lifecycle.js";
import { nocodb } from "../e2e/nocodb.js";
import { createStreamTable, type StreamPlace } from "../e2e/streams.js";
import { cluster, instance, manager } from "./cluster.js";

/** What the files of the cluster's lifecycle share, beside what they share with that of one host. */
export const service = instance.containers.nocodb;

/** Settings of one replica on the manager, with its files there. */
export const ONE_WITH_FILES = {
  engine: "swarm",
  swarm: { replicas: 1, endpointMode: "dnsrr", node: manager.name },
};

/** Settings of three replicas, which share Redis and a bucket. */
export const THREE = {
  engine: "swarm",
  swarm: { replicas: 3, endpointMode: "dnsrr" },
  redis: { host: cluster.redis.host },
  attachments: {
    s3: {
      ...{ endpoint: cluster.s3.endpoint, bucket: cluster.s3.bucket, region: cluster.s3.region },
      forcePathStyle: true,
    },
  },
};

/** Settings of a container that shares Redis and the bucket with nobody. */
export const CONTAINER = { engine: "container", swarm: undefined };

/** Gives the passwords of the cluster's Redis and S3 to the next deploy. */
export async function giveSharedSecrets(): Promise<void> {
  const files = {
    REDIS_PASSWORD: cluster.redis.passwordFile,
    NC_S3_ACCESS_KEY: cluster.s3.accessKeyFile,
    NC_S3_ACCESS_SECRET: cluster.s3.secretKeyFile,
  };
  for (const [name, file] of Object.entries(files)) {
    const { code, stderr } = await deployment.setSecret(name, await host.text(file));
    expect(code, stderr).toBe(0);
  }
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "");
const docker = async (...argv: string[]) => lines(await dockerOn(manager, argv));

/** A task of the service that runs. */
export interface Task {
  readonly id: string;
  readonly node: string;
}

/** The tasks that run, or are to run, in the order of their ids. */
export async function tasks(): Promise<Task[]> {
  const format = "{{.ID}} {{.Node}}";
  const words = await docker("service", "ps", "--filter", "desired-state=running", "--format", format, service);
  return words
    .map((line) => line.split(" "))
    .map(([id = "", node = ""]) => ({ id, node }))
    .sort((one, other) => one.id.localeCompare(other.id));
}

export const taskIds = async () => (await tasks()).map(({ id }) => id);

/** Waits until as many tasks run as the service is to have, and the engine has nothing left to do. @throws after 120 s */
export async function allRun(): Promise<void> {
  const format = "{{with .UpdateStatus}}{{.State}}{{end}}";
  await eventually(120, async () => {
    const [count] = await docker("service", "ls", "--filter", `name=${service}`, "--format", "{{.Replicas}}");
    const [update = ""] = await docker("service", "inspect", "--format", format, service);
    const [running, wanted] = (count ?? "").split("/");
    if (running !== wanted || /^(updating|rollback_started)$/.test(update)) throw new Error(`${count} ${update}`);
  });
}

let table: string | undefined;

/** Where the streams of requests come from: 20 a second at the site, and 20 at the service's name. */
export async function streamPlace(): Promise<StreamPlace> {
  const api = await nocodb(instance, site, { "xc-token": await consumers.token("openclaw") }, true);
  table ??= await createStreamTable(api);
  return { api, table, consumer: instance.containers.openclaw, internalRate: 20 };
}

/** What an engine and a cluster have of NocoDB: the container, the service, its secrets and configs, by kind. */
export async function left(): Promise<Record<string, string[]>> {
  const [containers, services, secrets, configs] = await Promise.all([
    docker("ps", "--all", "--filter", `name=^/${service}(_former)?$`, "--format", "{{.Names}}"),
    docker("service", "ls", "--filter", `name=${service}`, "--format", "{{.Name}}"),
    docker("secret", "ls", "--filter", `name=${service}`, "--format", "{{.Name}}"),
    docker("config", "ls", "--filter", `name=${service}`, "--format", "{{.Name}}"),
  ]);
  return { containers: containers!, services: services!, secrets: secrets!, configs: configs! };
}

/** What the cluster has of a service whose deploy has ended. */
export const ONLY_SERVICE = {
  containers: [],
  services: [service],
  secrets: [expect.any(String)],
  configs: [expect.any(String), expect.any(String)],
};

/** The same after a change of secrets and variables: the former ones stay, because the engine may go back to them. */
export const ONLY_CHANGED_SERVICE = {
  ...ONLY_SERVICE,
  secrets: [expect.any(String), expect.any(String)],
  configs: [expect.any(String), expect.any(String), expect.any(String)],
};

/** What is there of a container whose deploy has ended. */
export const ONLY_CONTAINER = { containers: [service], services: [], secrets: [], configs: [] };

/** What people and consumers have, which must survive everything: users, tokens of consumers, rows of a table. */
export async function possessions(): Promise<Record<string, unknown>> {
  const [users, tokens, rows] = await Promise.all([
    host.sql("SELECT id, email, roles FROM nc_users_v2 ORDER BY id", "nocodb"),
    Promise.all(CONSUMERS.map((consumer) => consumers.token(consumer))),
    notes(),
  ]);
  return { users, tokens, rows };
}

export const note = (text: string) => host.sql(`INSERT INTO notes VALUES ('${text}')`, "nocodb");
export const notes = () => host.sql("SELECT string_agg(text, ' ' ORDER BY text) FROM notes", "nocodb");

/** The super admin signs in, the consumers' tokens work in their containers, and the site answers. */
export async function expectAllWork(): Promise<void> {
  expect(await health()).toBe(200);
  expect(await signInAsAdmin()).toBe(200);
  for (const consumer of CONSUMERS) expect(await consumers.answer(consumer)).toBe("200");
}

/** The rows of `npx nocodb-host status` that are not fine, but for the backup that nobody has made yet. */
export async function notFine(): Promise<unknown[]> {
  const { rows } = JSON.parse((await deployment.nocodbHost("status", "--json")).stdout) as {
    rows: { name: string; result: string }[];
  };
  return rows.filter(({ name, result }) => result !== "ok" && name !== "backups");
}

/** Defines the tests of a deploy that has moved NocoDB. @param before the possessions before it */
export function itHasMoved(before: () => Record<string, unknown>): void {
  it("has users, tokens and rows as before", async () => {
    expect(await possessions()).toEqual(before());
    await expectAllWork();
  });

  it("is followed by an empty plan, no drift, and a status in which all is fine", async () => {
    await expectEmptyPlan();
    await expectNoDrift();
    expect(await notFine()).toEqual([]);
  });
}

/** Runs a program of this folder in a container of the manager that is on both overlays. @param env may be secret */
export async function onOverlay(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const input = await readFile(fileURLToPath(new URL(program, import.meta.url)), "utf8");
  const names = Object.keys(env).flatMap((name) => ["--env", name]);
  const exec = ["exec", "--interactive", ...names, instance.containers.openclaw];
  return dockerOn(manager, [...exec, "node", "--input-type=module", "-", ...words], { env, input });
}
