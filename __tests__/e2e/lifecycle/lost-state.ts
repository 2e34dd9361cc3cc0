import { rename } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { must, type Outcome } from "../../../lab/command.js";
import { CONSUMERS } from "../../../lab/instance.js";
import type { Inspected } from "../host.js";
import {
  anotherImage,
  asConsumer,
  consumers,
  deploy,
  deployment,
  expectEmptyPlan,
  host,
  image,
  neighbours,
  signInAsPrinted,
} from "../lifecycle.js";
import { production } from "../work.js";

describe("a lost state, with another image", () => {
  let before: Inspected;
  let kept: Record<string, string>;
  let released: Outcome;

  beforeAll(async () => {
    before = (await host.container())!;
    kept = await host.secrets();
    await rename(deployment.stateFile, `${deployment.stateFile}.lost`);
    released = await deployment.nocodbHost("state release");
    await deployment.set({ image });
    await deploy();
    await must(["docker", "image", "rm", anotherImage]);
  });

  it("is replaced by another one after npx nocodb-host state release, and so is its container", async () => {
    expect(released.stdout).toContain("released: ");
    const container = (await host.container())!;
    expect(container.Id).not.toBe(before.Id);
    expect(container.State.Status).toBe("running");
  });

  it("is followed by an empty plan", async () => {
    await expectEmptyPlan();
  });

  it("loses no secret", async () => {
    expect(Object.keys(kept)).toHaveLength(4);
    expect(await host.secrets()).toEqual(kept);
    expect(await signInAsPrinted()).toBe(200);
  });

  it.each(CONSUMERS)("keeps the bases of %s and gives it a token that works", async (consumer) => {
    expect(await consumers.answer(consumer)).toBe("200");
    expect(await production.titles(await asConsumer(consumer))).toHaveLength(2);
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
