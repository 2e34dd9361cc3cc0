import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordFault } from "../../fault.js";
import type { Inspected } from "../host.js";
import {
  anotherImage,
  deployment,
  expectEmptyPlan,
  failingDeploy,
  health,
  host,
  image,
  instance,
  neighbours,
} from "../lifecycle.js";

const SERVES = "the old container serves; all on the host";

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
      const { line, seconds } = await failingDeploy();
      const seen = `image ${missing} cannot be had, so the old container was left running`;
      expect(line).toContain(seen);
      await expectSameContainer();
      expect(await host.everything()).toBe(everything);
      recordFault({ cause: "the image cannot be had", command: "deploy", seen, seconds, preserved: SERVES });
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
        const { line, seconds } = await failingDeploy();
        const seen = `Caddy in container ${instance.containers.caddy} would not load ${instance.caddyfile} as it is`;
        expect(line).toContain(seen);
        expect(line).toContain("nothing was changed");
        await expectSameContainer();
        expect(await host.everything()).toBe(everything);
        recordFault({
          cause: "someone else has broken the Caddyfile",
          command: "deploy",
          seen,
          seconds,
          preserved: SERVES,
        });
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
