import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordFault } from "../../fault.js";
import type { Inspected } from "../host.js";
import {
  anotherImage,
  apply,
  deployment,
  expectEmptyPlan,
  failingDeploy,
  health,
  host,
  image,
  instance,
  neighbours,
} from "../lifecycle.js";

const SERVES = "the old container serves; everything on the host";

describe("a change that cannot work is refused while the old container serves", () => {
  let before: Inspected;

  beforeEach(async () => {
    before = (await host.container())!;
  });

  async function expectSameContainer(): Promise<void> {
    expect(await host.container()).toMatchObject({ Id: before.Id, State: { StartedAt: before.State.StartedAt } });
    expect(await health()).toBe(200);
  }

  describe("an image that cannot be pulled", () => {
    const missing = `${image}-never-built`;

    afterEach(() => deployment.set({ image: anotherImage }));

    it("fails the deploy with its name", async () => {
      const everything = await host.everything();
      await deployment.set({ image: missing });
      const { line, seconds } = await failingDeploy();
      const seen = `unable to pull image ${missing}`;
      expect(line).toContain(seen);
      await expectSameContainer();
      expect(await host.everything()).toBe(everything);
      recordFault({ cause: "the image cannot be pulled", command: "deploy", seen, seconds, preserved: SERVES });
    });
  });

  describe("a Caddyfile that someone else broke", () => {
    afterEach(async () => {
      await deployment.set({ "variables.NC_ATTACHMENT_FIELD_SIZE": undefined });
    });

    it("fails the deploy with Caddy's own message", async () => {
      await neighbours.editCaddyfile("in place", (text) => `${text}\nbroken {`);
      const everything = await host.everything();
      try {
        await deployment.set({ "variables.NC_ATTACHMENT_FIELD_SIZE": "10485760" });
        const { line, seconds } = await failingDeploy();
        const seen = `Caddy in container ${instance.containers.caddy} would not load ${instance.caddyfile} as it is`;
        expect(line).toContain(seen);
        expect(line).toContain("nothing was changed");
        await expectSameContainer();
        expect(await host.everything()).toBe(everything);
        recordFault({
          cause: "someone else breaks the Caddyfile",
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

  it("needs no repair: with the former settings a deploy only checks again what the state has lost", async () => {
    await deployment.synth();
    const again = /^null_resource\.nocodb_(consumers|smoke_test): create$/;
    expect((await deployment.plan()).changes.filter((change) => !again.test(change))).toEqual([]);
    await apply();
    await expectEmptyPlan();
    await expectSameContainer();
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
