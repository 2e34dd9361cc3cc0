/**
 * `npm run streams`: steady streams of requests, at the site and at the internal address, while the container is
 * replaced or restarted. Prints how each change affected them.
 */
import type { Api } from "nocodb-sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, run } from "../../lab/command.js";
import { BEGINNING } from "./interrupted-deployment.js";
import {
  anotherImage,
  apply,
  asAdmin,
  asConsumer,
  buildAnotherImage,
  consumers,
  deployment,
  expectEmptyPlan,
  host,
  instance,
  learnSecrets,
  neighbours,
  secrets,
  site,
} from "./lifecycle.js";
import { nocodb, statusOf } from "./nocodb.js";
import { createStreamTable, type Streamed, type StreamPlace, titlesWritten, underStreams } from "./streams.js";

let place: StreamPlace;

beforeAll(async () => {
  await deployment.begin();
  // All requests that waited at Caddy arrive at once, which takes memory.
  await deployment.set({ ...BEGINNING, memory: "512M", "variables.NODE_OPTIONS": "--max-old-space-size=384" });
  await neighbours.begin();
  await buildAnotherImage();
  await apply();
  const token = await consumers.token("openclaw");
  const api = await nocodb(instance, site, { "xc-token": token }, true);
  place = { api, table: await createStreamTable(api), consumer: instance.containers.openclaw };
});

afterAll(async () => {
  const { code, said } = await deployment.terraform("destroy", "-auto-approve", "-input=false", "-no-color");
  await deployment.disconnect();
  expect(code, said).toBe(0);
  await host.empty();
});

/** Seconds without an answer at the internal address, at most. A restart is a whole start of NocoDB. */
const LONGEST_GAP = { replaces: 4, restarts: 60 };

/** Does the work under both streams; the tests check what must be true of them, whatever the work is. */
function expectServed<T>(name: string, change: "replaces" | "restarts", work: () => Promise<T>): () => T {
  let before: string;
  let streamed: Streamed<T>;

  beforeAll(async () => {
    before = await host.running("nocodb");
    streamed = await underStreams(place, name, work);
  });

  it(`${change} the container`, async () => {
    const now = await host.running("nocodb");
    expect(now).not.toBe(before);
    expect(now.split(" ")[0] === before.split(" ")[0]).toBe(change === "restarts");
  });

  it("fails no request at the site", () => {
    expect(streamed.failed).toEqual([]);
  });

  it(`leaves internal callers without an answer for at most ${LONGEST_GAP[change]} s`, () => {
    expect(streamed.gap).toBeLessThan(LONGEST_GAP[change]);
  });

  it("writes each acknowledged row once, and no others", async () => {
    expect((await titlesWritten(host, name)).sort()).toEqual([...streamed.acknowledged].sort());
  });

  return () => streamed.result;
}

/** PostgreSQL's answer when the role signs in over the network: 1, or the reason for a refusal. */
async function signInToDatabase(password: string): Promise<string> {
  const psql = ["psql", "-X", "-A", "-t", "-w", "-h", "postgresql", "-U", "nocodb", "-d", "nocodb", "-c", "SELECT 1"];
  const argv = ["docker", "exec", "--env", "PGPASSWORD", instance.containers.postgresql, ...psql];
  const { stdout, stderr } = await run(argv, { env: { PGPASSWORD: password } });
  return (stdout + stderr).trim();
}

/** As an operator rotates a secret. */
async function rotate(which: string): Promise<Outcome> {
  const rotated = await neighbours.duringAll("a rotation", deployment.rotateSecret(which, "--deploy"));
  await learnSecrets();
  expect(rotated.code, rotated.stdout + rotated.stderr).toBe(0);
  return rotated;
}

describe("under steady streams, a changed variable", () => {
  expectServed("variable", "replaces", async () => {
    await deployment.set({ "variables.NC_ROUND": "under load" });
    await apply();
  });
});

describe("under steady streams, an upgrade", () => {
  expectServed("upgrade", "replaces", async () => {
    await deployment.set({ image: anotherImage });
    await apply();
  });
});

describe("under steady streams, a rotated database password", () => {
  let old: string;
  beforeAll(async () => {
    old = (await host.secrets()).DATABASE_PASSWORD!;
    expect(await signInToDatabase(old)).toBe("1");
  });

  const rotated = expectServed("database", "restarts", () => rotate("database"));

  it("is the only one that PostgreSQL accepts", async () => {
    const { DATABASE_PASSWORD: now } = await host.secrets();
    expect(now).not.toBe(old);
    expect(await signInToDatabase(now!)).toBe("1");
    expect(await signInToDatabase(old)).toContain("password authentication failed");
  });

  it("is not shown, and neither is the old one", () => {
    expect(secrets.foundIn(rotated().stdout + rotated().stderr)).toEqual([]);
  });
});

describe("under steady streams, a rotated JWT secret", () => {
  let session: Api<unknown>;
  beforeAll(async () => {
    session = await asAdmin();
    expect(await statusOf(session.base.list())).toBe(200);
  });

  expectServed("jwt", "restarts", () => rotate("jwt"));

  it("ends the sessions, and keeps the API tokens", async () => {
    expect(await statusOf(session.base.list())).toBe(401);
    expect(await statusOf((await asConsumer("openclaw")).base.list())).toBe(200);
    expect(await statusOf((await asAdmin()).base.list())).toBe(200);
  });
});

describe("afterwards", () => {
  it("the second plan is empty, and the other site and the rest of the Caddyfile did not change", async () => {
    await expectEmptyPlan();
    expect(neighbours.troubles).toEqual([]);
  });
});
