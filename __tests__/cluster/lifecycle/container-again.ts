import { beforeAll, describe, expect, it } from "vitest";
import { apply, deployment, expectEmptyPlan, expectNoDrift } from "../../e2e/lifecycle.js";
import { CONTAINER, expectAllWork, left, notFine, ONLY_CONTAINER, possessions } from "../deployed.js";

describe("a container again, after replicas", () => {
  let before: Record<string, unknown>;

  beforeAll(async () => {
    before = await possessions();
    await deployment.set(CONTAINER);
    console.log(`three replicas to a container: ${(await apply()).seconds.toFixed(0)} s`);
  });

  it("leaves nothing of the service in the cluster", async () => {
    expect(await left()).toEqual(ONLY_CONTAINER);
  });

  it("has users, tokens and rows as before", async () => {
    expect(await possessions()).toEqual(before);
    await expectAllWork();
  });

  it("is followed by an empty plan, no drift, and a status in which all is fine", async () => {
    await expectEmptyPlan();
    await expectNoDrift();
    expect(await notFine()).toEqual([]);
  });
});
