import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import type { Inspected } from "../host.js";
import { deployed, deployment, expectEmptyPlan, health, host, neighbours, secrets, signInAsTold } from "../story.js";

describe("4: a changed environment file", () => {
  let before: Inspected;
  let container: Inspected;
  let shown: Ended;
  const answers: (number | string)[] = [];

  beforeAll(async () => {
    before = (await host.container())!;
    await deployment.set({ memory: "288M", "environment.NC_SECURE_ATTACHMENTS": "true" });
    shown = await deployment.diff();
    let busy = true;
    const visitors = (async () => {
      while (busy) {
        answers.push(await health().catch((error: Error) => error.message));
        await sleep(200);
      }
    })();
    await deployed().finally(() => (busy = false));
    await visitors;
    container = (await host.container())!;
  });

  it("is shown by cdktf diff as what it changes, with no secret", () => {
    expect(shown.code, shown.said).toBe(0);
    expect(shown.line).toMatch(/env NC_SECURE_ATTACHMENTS"?\s+= "true"/);
    expect(shown.line).toMatch(/memory\s+= 256 -> 288/);
    expect(secrets.foundIn(shown.said)).toEqual([]);
  });

  it("reaches the container and the env file (S14)", async () => {
    expect(container.Id).not.toBe(before.Id);
    expect(container.Config.Env).toContain("NC_SECURE_ATTACHMENTS=true");
    expect(await host.variables()).toHaveProperty("NC_SECURE_ATTACHMENTS", "true");
    expect(container.HostConfig.Memory).toBe(288 * 1024 * 1024);
  });

  it("makes visitors wait for the new container instead of failing them", () => {
    expect(answers.length).toBeGreaterThan(1);
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  it("keeps the secrets and the users", async () => {
    expect(await signInAsTold()).toBe(200);
  });

  it("is followed by an empty plan", async () => {
    await expectEmptyPlan();
  });

  it("leaves the other site and the rest of the Caddyfile alone", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
