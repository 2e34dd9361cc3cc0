import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../../lab/deployment.js";
import { recordFault } from "../../fault.js";
import {
  consumers,
  deployment,
  expectEmptyPlan,
  host,
  instance,
  neighbours,
  secrets,
  signInAsAdmin,
} from "../lifecycle.js";

describe("consumers that cannot work are refused by the plan", () => {
  const { openclaw, n8n } = instance.envFiles;
  const missing = `${instance.baseDirectory}/configs/openclaw/reports.env`;
  let before: string;
  let after: string;
  let plan: Plan;

  beforeAll(async () => {
    await host.sh('chmod o+r "$1"', n8n);
    await host.sh('cp -p "$1" "$1.kept" && echo "export NOCODB_API_TOKEN=byHand" >>"$1"', openclaw);
    await deployment.set({ "consumers.reports.envFile": missing, "admin.email": "other@example.com" });
    before = await host.everything();
    await deployment.synth();
    plan = await deployment.plan();
    after = await host.everything();
  });

  afterAll(async () => {
    await host.sh('chmod o-r "$1" && mv "$2.kept" "$2"', n8n, openclaw);
    await deployment.set({ "consumers.reports": undefined, "admin.email": undefined });
    await deployment.synth();
    await expectEmptyPlan();
  });

  it("all at once", () => {
    expect(plan.code, plan.said).toBe(1);
    expect(secrets.foundIn(plan.said)).toEqual([]);
  });

  it.each([
    ["everyone on the host can read the env file", `consumers.n8n.envFile: everyone on the host can read ${n8n}`],
    [
      "the env file sets a token itself, outside the block",
      `consumers.openclaw.envFile: ${openclaw} sets NOCODB_BASE_URL, NOCODB_API_TOKEN or NOCODB_INTERNAL_URL itself`,
    ],
    ["the env file does not exist", `consumers.reports.envFile: ${missing} does not exist on the host`],
    ["admin.email is changed to a new name", "admin.email (other@example.com) would rename that user"],
  ])("%s", (cause, words) => {
    expect(plan.line).toContain(words);
    recordFault({
      cause: `consumers: ${cause}`,
      command: "plan",
      seen: words,
      seconds: plan.seconds,
      preserved: "everything on the host; NocoDB and its consumers work",
    });
  });

  it("and nothing on the host is changed", async () => {
    expect(after).toBe(before);
    expect(await signInAsAdmin()).toBe(200);
    expect(await consumers.answer("openclaw")).toBe("200");
    expect(await consumers.answer("n8n")).toBe("200");
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
