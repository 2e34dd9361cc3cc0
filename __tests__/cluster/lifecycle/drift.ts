import { beforeAll, describe, expect, it } from "vitest";
import { dockerOn } from "../../../lab/cluster/engines.js";
import type { Outcome } from "../../../lab/command.js";
import type { Plan } from "../../../lab/deployment.js";
import { eventually } from "../../../lab/site.js";
import { apply, deployment, expectEmptyPlan, host, learnSecrets, secrets } from "../../e2e/lifecycle.js";
import { type Streamed, underStreams } from "../../e2e/streams.js";
import { cluster, manager } from "../cluster.js";
import {
  allRun,
  expectAllWork,
  left,
  ONLY_CHANGED_SERVICE,
  ONLY_SERVICE,
  possessions,
  service,
  streamPlace,
  taskIds,
} from "../deployed.js";

/** Containers of the service's tasks, on all machines. */
async function running(): Promise<string[]> {
  const list = ["ps", "--quiet", "--filter", `name=^/${service}`];
  const ids = await Promise.all(cluster.nodes.map((node) => dockerOn(node, list)));
  return ids.filter((each) => each !== "");
}
const byHand = (...words: string[]) => dockerOn(manager, ["service", ...words]);

describe("a service that someone changed by hand", () => {
  let plan: Plan;

  beforeAll(async () => {
    const how = ["--env-add", "BY_HAND=yes", "--limit-memory", "300M", "--replicas", "2"];
    await byHand("update", "--detach", "--no-resolve-image", ...how, service);
    await allRun();
    plan = await deployment.plan();
  });

  it("is in the plan: variable, limit and replicas", () => {
    expect(plan.changes).toContain("docker_service.nocodb_service: update");
    expect(plan.line).toMatch(/"BY_HAND" = "yes" -> null/);
    expect(plan.line).toMatch(/memory_bytes = 314572800 -> 268435456/);
    expect(plan.line).toMatch(/replicas = 2 -> 3/);
  });

  it("is repaired by a deploy", async () => {
    await apply();
    await expectEmptyPlan();
    expect(await taskIds()).toHaveLength(3);
  });
});

describe("a service that someone removed, with its secret", () => {
  it("is created again by a deploy, with all that was there", async () => {
    const before = await possessions();
    const { secrets: names } = await left();
    await byHand("rm", service);
    await eventually(30, async () => expect(await running()).toEqual([]));
    await dockerOn(manager, ["secret", "rm", ...names!]);
    const plan = await deployment.plan();
    expect(plan.changes, plan.said).toContain("docker_service.nocodb_service: create");
    expect(plan.line).toContain("secret of the cluster missing");
    await apply();
    expect(await possessions()).toEqual(before);
    await expectAllWork();
    await expectEmptyPlan();
  });
});

describe("a rotated database password, at 20 requests a second", () => {
  let before: string[];
  let old: string;
  let streamed: Streamed<Outcome>;

  beforeAll(async () => {
    before = await taskIds();
    old = (await host.secrets()).DATABASE_PASSWORD!;
    streamed = await underStreams(await streamPlace(), "password", () =>
      deployment.rotateSecret("database", "--deploy"),
    );
    await learnSecrets();
  });

  it("rolls through all tasks", async () => {
    const { code, stdout, stderr } = streamed.result;
    expect(code, stdout + stderr).toBe(0);
    expect(secrets.foundIn(stdout + stderr)).toEqual([]);
    await allRun();
    expect((await taskIds()).filter((id) => before.includes(id))).toEqual([]);
    expect((await host.secrets()).DATABASE_PASSWORD).not.toBe(old);
  });

  it("fails no request but those for which a former task opened a connection to PostgreSQL", () => {
    const refused = /: (400|500) \{"error":"ERR_(DATABASE_OP_FAILED|INTERNAL_SERVER)"/;
    expect(streamed.failed.filter((each) => !refused.test(each))).toEqual([]);
    expect(streamed.failedInside.filter((each) => !/ (400|500)$/.test(each))).toEqual([]);
  });

  it("leaves the secrets of the service and of its former version, and an empty plan", async () => {
    const there = await left();
    expect(there).toEqual({ ...ONLY_SERVICE, secrets: ONLY_CHANGED_SERVICE.secrets });
    await expectAllWork();
    await expectEmptyPlan();
  });
});
