import { beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../../lab/command.js";
import { deployment, expectEmptyPlan, learnSecrets, secrets } from "../../e2e/lifecycle.js";
import { expectAllWork, note, notes, possessions, taskIds } from "../deployed.js";

describe("a backup of a service with replicas", () => {
  let before: Record<string, unknown>;
  let former: string[];
  let restored: Outcome;

  beforeAll(async () => {
    const made = await deployment.nocodbHost("backup create");
    expect(made.code, made.stdout + made.stderr).toBe(0);
    [before, former] = await Promise.all([possessions(), taskIds()]);
    await note("later");
    restored = await deployment.nocodbHost("backup restore", "--yes");
    expect(restored.code, restored.stdout + restored.stderr).toBe(0);
    await learnSecrets();
  });

  it("is restored while no task runs: users, tokens and rows are as they were", async () => {
    expect(await notes()).not.toContain("later");
    expect(await possessions()).toEqual(before);
    const now = await taskIds();
    expect(now).toHaveLength(3);
    expect(now.filter((id) => former.includes(id))).toEqual([]);
    expect(secrets.foundIn(restored.stdout + restored.stderr)).toEqual([]);
  });

  it("ends with a service that works, and an empty plan", async () => {
    await expectAllWork();
    await expectEmptyPlan();
  });
});
