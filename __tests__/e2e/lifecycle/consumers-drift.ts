import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../../lab/deployment.js";
import {
  apply,
  asAdmin,
  asConsumer,
  asVisitor,
  consumers,
  deployment,
  expectDrift,
  expectEmptyPlan,
  expectInPlan,
  expectNoDrift,
  host,
  instance,
  neighbours,
  recordDrift,
  secrets,
} from "../lifecycle.js";
import { statusOf } from "../nocodb.js";
import { production, tokensOf, unmanaged } from "../work.js";

describe("drift of the consumers", () => {
  const { openclaw: deleted, n8n: edited } = { openclaw: "openclaw", n8n: "n8n" } as const;
  const stranger = { email: "stranger@example.com", password: "stranger4711" };
  let untouched: string[];
  let shownPlan: string;
  let kept: string;
  let refused: string;
  let plan: Plan;

  beforeAll(async () => {
    untouched = await Promise.all([host.running("nocodb"), host.running(edited)]);
    [kept, refused] = [await consumers.token(edited), await consumers.token(deleted)];
    const admin = await asAdmin();
    for (const id of await tokensOf(admin, deleted)) await admin.orgTokens.delete(id);
    await admin.instance.delete("/api/v2/meta/cache");
    await admin.orgAppSettings.set({ invite_only_signup: false });
    const another = "s/^NOCODB_INTERNAL_URL=.*/NOCODB_INTERNAL_URL=http:\\/\\/elsewhere:8080/";
    await host.sh(
      'cp -p "$2" /tmp/edited && sed -i "$1" /tmp/edited && cat /tmp/edited >"$2"',
      another,
      consumers.envFile(edited),
    );
    plan = await deployment.plan();
    shownPlan = await deployment.savedPlan();
    await expectDrift(...DRIFTS.map(([, words]) => words));
    await apply();
  });

  const DRIFTS = [
    ["sign-up is opened to everybody", "sign-up open to everybody"],
    ["a consumer's token is deleted", "token of openclaw refused"],
    ["a consumer's lines are edited", `lines of n8n edited in ${instance.envFiles.n8n}`],
  ] as const;

  it.each(DRIFTS)("%s: is in the plan as: %s", (_, words) => {
    expectInPlan(plan, words);
  });

  it("changes nothing else", () => {
    expect(plan.changes).toEqual(["null_resource.nocodb_consumers: delete,create"]);
  });

  it("puts no token and no other secret into the plan or the state", async () => {
    for (const text of [shownPlan, await readFile(deployment.stateFile, "utf8")]) {
      expect(text).toContain("nocodb_consumers");
      expect(secrets.foundIn(text)).toEqual([]);
    }
  });

  it("shows no token in NocoDB's log", async () => {
    const log = await host.log("nocodb");
    expect(log).not.toBe("");
    expect(secrets.foundIn(log)).toEqual([]);
  });

  it("is corrected by a plain deploy: sign-up is closed", async () => {
    expect(await statusOf((await asVisitor()).auth.signup(stranger as never))).toBe(400);
  });

  it("is corrected by a plain deploy: openclaw's container has a new token", async () => {
    expect(await consumers.token(deleted)).not.toBe(refused);
    expect(await consumers.answer(deleted)).toBe("200");
    expect(await production.titles(await asConsumer(deleted))).toHaveLength(2);
  });

  it("is corrected by a plain deploy: n8n's lines, with the same token and the same container", async () => {
    expect(await consumers.variables(edited)).toMatchObject({
      NOCODB_INTERNAL_URL: "http://nocodb:8080",
      NOCODB_API_TOKEN: kept,
    });
    expect(await Promise.all([host.running("nocodb"), host.running(edited)])).toEqual(untouched);
  });

  it("does not change a user and tokens that were created without the app", async () => {
    await unmanaged.expectUntouched(await asAdmin());
  });

  it("is followed by an empty plan and no drift", async () => {
    await expectEmptyPlan();
    await expectNoDrift();
    const preserved =
      "NocoDB's container, the other consumer's token and container, users and tokens created without the app";
    for (const [cause, words] of DRIFTS) recordDrift(cause, words, plan, preserved);
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
