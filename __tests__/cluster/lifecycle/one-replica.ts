import { beforeAll, describe, expect, it } from "vitest";
import { apply, deployment } from "../../e2e/lifecycle.js";
import { manager } from "../cluster.js";
import { itHasMoved, left, ONE_WITH_FILES, ONLY_SERVICE, possessions, tasks } from "../deployed.js";

describe("one replica with its files on the manager, after a container", () => {
  let before: Record<string, unknown>;

  beforeAll(async () => {
    before = await possessions();
    await deployment.set(ONE_WITH_FILES);
    console.log(`container to one replica: ${(await apply()).seconds.toFixed(0)} s`);
  });

  it("runs on that node, and the container is gone", async () => {
    expect(await tasks()).toEqual([{ id: expect.any(String), node: manager.name }]);
    expect(await left()).toEqual(ONLY_SERVICE);
  });

  itHasMoved(() => before);
});
