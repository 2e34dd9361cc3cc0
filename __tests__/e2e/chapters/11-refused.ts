import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Inspected } from "../host.js";
import { anotherImage, deployment, expectEmptyPlan, failingDeploy, health, host, image, neighbours } from "../story.js";

describe("11: a change that cannot work is refused while the old container serves", () => {
  let before: Inspected;

  beforeEach(async () => {
    before = (await host.container())!;
  });

  async function expectSameContainer(): Promise<void> {
    expect(await host.container()).toMatchObject({ Id: before.Id, State: { StartedAt: before.State.StartedAt } });
    expect(await health()).toBe(200);
  }

  describe("an image that cannot be had", () => {
    const missing = `${image}-never-built`;

    afterEach(() => deployment.set({ image: anotherImage }));

    it("ends the deploy with its name", async () => {
      const everything = await host.everything();
      await deployment.set({ image: missing });
      const { line } = await failingDeploy();
      expect(line).toContain(`image ${missing} cannot be had, so the old container was left running`);
      await expectSameContainer();
      expect(await host.everything()).toBe(everything);
    });
  });

  describe("a Caddyfile that someone else broke before", () => {
    afterEach(async () => {
      await deployment.set({ "environment.NC_SECURE_ATTACHMENTS": "true" });
    });

    it("ends the deploy with Caddy's own words", async () => {
      await neighbours.editCaddyfile("in place", (text) => `${text}\nbroken {`);
      const everything = await host.everything();
      try {
        await deployment.set({ "environment.NC_SECURE_ATTACHMENTS": "false" });
        const { line } = await failingDeploy();
        expect(line).toContain("Caddy would not load its configuration");
        expect(line).toContain("so the old container was left running");
        expect(line).toContain("Caddyfile:");
        await expectSameContainer();
        expect(await host.everything()).toBe(everything);
      } finally {
        await neighbours.editCaddyfile("in place", (text) => text.replace("\nbroken {", ""));
      }
    });
  });

  it("needs no repair: with the former settings the plan is empty", async () => {
    await deployment.synth();
    await expectEmptyPlan();
    await expectSameContainer();
  });

  it("leaves the other site and the rest of the Caddyfile alone", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
