import { beforeAll, describe, expect, it } from "vitest";
import { apply, consumers, deployment, expectEmptyPlan, expectNoDrift, host } from "../../e2e/lifecycle.js";
import {
  expectAllWork,
  giveSharedSecrets,
  left,
  notFine,
  ONLY_CHANGED_SERVICE,
  onOverlay,
  possessions,
  THREE,
  tasks,
} from "../deployed.js";

describe("three replicas with Redis and a bucket", () => {
  let before: Record<string, unknown>;

  beforeAll(async () => {
    before = await possessions();
    await deployment.set(THREE);
    await giveSharedSecrets();
    console.log(`one replica to three: ${(await apply()).seconds.toFixed(0)} s`);
  });

  it("run on several nodes", async () => {
    const nodes = (await tasks()).map(({ node }) => node);
    expect(nodes).toHaveLength(3);
    expect(new Set(nodes).size).toBeGreaterThan(1);
    expect(await left()).toEqual(ONLY_CHANGED_SERVICE);
  });

  it("have users, tokens and rows as before", async () => {
    expect(await possessions()).toEqual(before);
    await expectAllWork();
  });

  it("are followed by an empty plan, no drift, and a status in which all is fine", async () => {
    await expectEmptyPlan();
    await expectNoDrift();
    expect(await notFine()).toEqual([]);
  });

  it("know each other's sessions, tokens, changes and attachments", async () => {
    const { email, password } = await host.superAdmin();
    const env = { ADMIN_EMAIL: email, ADMIN_PASSWORD: password, TOKEN: await consumers.token("openclaw") };
    const each = { session: true, token: true, renamed: true, row: "two", attachment: "what was uploaded" };
    expect(JSON.parse(await onOverlay("each-replica.mjs", ["nocodb"], env))).toEqual([each, each, each]);
  });
});
