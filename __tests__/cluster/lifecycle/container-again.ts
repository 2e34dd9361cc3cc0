import { beforeAll, describe, expect, it } from "vitest";
import { apply, deployment } from "../../e2e/lifecycle.js";
import { CONTAINER, itHasMoved, left, ONLY_CONTAINER, possessions } from "../deployed.js";

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

  itHasMoved(() => before);
});
