import { beforeAll, describe, expect, it } from "vitest";
import type { Ended, Plan } from "../../../lab/deployment.js";
import type { Inspected } from "../host.js";
import {
  anotherImage,
  answersDuring,
  buildAnotherImage,
  deploy,
  deployment,
  expectEmptyPlan,
  host,
  instance,
  neighbours,
  secrets,
  signInAsAdmin,
  site,
} from "../lifecycle.js";
import { signInAcrossStop } from "../visitor.js";

describe("a changed environment file", () => {
  let before: Inspected;
  let container: Inspected;
  let imageId: string;
  let shown: Ended;
  let plan: Plan;
  let inProgress: number | string;
  let answers: (number | string)[];

  beforeAll(async () => {
    before = (await host.container())!;
    imageId = await buildAnotherImage();
    // A whole core also makes every later start twice as fast.
    await deployment.set({ image: anotherImage, memory: "288M", cpus: 1, secureAttachments: false });
    shown = await deployment.diff();
    plan = await deployment.plan();
    inProgress = await signInAcrossStop(instance, site, await host.superAdmin(), async () => {
      answers = await answersDuring(deploy);
    });
    container = (await host.container())!;
  });

  it("is shown by cdktf diff, without a secret", () => {
    expect(shown.code, shown.said).toBe(0);
    // Under load cdktf loses the end of Terraform's output, so the words are looked for in Terraform's own plan.
    expect(plan.line).toMatch(/env NC_SECURE_ATTACHMENTS"?\s+= "true" -> "false"/);
    expect(plan.line).toMatch(/memory\s+= 256 -> 288/);
    expect(plan.line).toMatch(/"cpus"\s+= "0.5" -> "1.0"/);
    expect(secrets.foundIn(shown.said)).toEqual([]);
  });

  it("changes image and limits", () => {
    expect(container.Id).not.toBe(before.Id);
    expect(container.Image).toBe(imageId);
    expect(container.HostConfig).toMatchObject({ Memory: 288 * 1024 * 1024, NanoCpus: 1e9 });
  });

  it("reaches the container and the env file", async () => {
    expect(container.Config.Env).toContain("NC_SECURE_ATTACHMENTS=false");
    expect(await host.variables()).toHaveProperty("NC_SECURE_ATTACHMENTS", "false");
  });

  it("makes visitors wait for the new container instead of failing", () => {
    expect(answers.length).toBeGreaterThan(1);
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  it("lets the old container answer the request in progress", () => {
    expect(inProgress).toBe(200);
  });

  it("keeps the secrets and the users", async () => {
    expect(await signInAsAdmin()).toBe(200);
  });

  it("is followed by an empty plan", async () => {
    await expectEmptyPlan();
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
