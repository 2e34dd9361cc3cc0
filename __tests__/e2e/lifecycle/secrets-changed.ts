import { beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../../lab/command.js";
import type { Plan } from "../../../lab/deployment.js";
import type { Inspected } from "../host.js";
import {
  answersDuring,
  apply,
  asAdmin,
  asConsumer,
  deploy,
  deployment,
  expectDrift,
  expectEmptyPlan,
  expectInPlan,
  host,
  instance,
  learnSecrets,
  neighbours,
  recordDrift,
  secrets,
  signInAsAdmin,
  signInAsPrinted,
} from "../lifecycle.js";
import { statusOf } from "../nocodb.js";
import { ProcessWatch } from "../processes.js";
import { inspectedContainers, keptByTerraform } from "../secrets.js";

/** Each contains characters that are special in a shell, a URL, SQL, HCL, JavaScript or an env file. */
const DATABASE = "dbSet4711Begin '\"$HOME`id`\\ &%41#+;|<>{}${secret:X}~é€ dbSet4711End";
const ADMIN = " adminSet4711Begin '\"$1$&`w`\\\\ &%2B#=;{}~éÆ漢🔑 adminSet4711End ";

const SAME = "the same container, restarted; no request at the site fails";

describe("secrets set and rotated by command", () => {
  let before: Inspected;

  beforeAll(async () => {
    before = (await host.container())!;
  });

  async function expectRestarted(): Promise<void> {
    const now = (await host.container())!;
    expect(now.Id).toBe(before.Id);
    expect(now.State.StartedAt).not.toBe(before.State.StartedAt);
    expect(now.RestartCount).toBe(before.RestartCount);
    before = now;
  }

  describe("passwords of database and super admin, with every kind of character", () => {
    const WORDS = "database password rotated, password of the super admin rotated: restart";
    let set: Outcome[];
    let plan: Plan;
    let kept: Record<string, string>;
    let answers: (number | string)[];
    let seen: [here: string, onHost: string];

    beforeAll(async () => {
      const watch = new ProcessWatch(instance);
      set = [await deployment.setSecret("database", DATABASE), await deployment.setSecret("admin", ADMIN)];
      await learnSecrets();
      plan = await deployment.plan();
      kept = await keptByTerraform(deployment);
      await expectDrift(WORDS);
      answers = await answersDuring(deploy);
      seen = await watch.end();
    });

    it("are kept on the host for the next deploy", () => {
      expect(set.map(({ code, stderr }) => [code, stderr])).toEqual([
        [0, ""],
        [0, ""],
      ]);
      expect(set[0]!.stdout).toContain("pending: database password: the next deploy puts the new value into use");
    });

    it("are announced by the plan, which does not contain them", () => {
      expectInPlan(plan, `-> "${WORDS}"`);
      for (const [what, text] of Object.entries(kept)) expect([what, secrets.foundIn(text)]).toEqual([what, []]);
    });

    it("are put into use by the next deploy, which restarts the container", async () => {
      expect(await host.secrets()).toMatchObject({ DATABASE_PASSWORD: DATABASE, NC_ADMIN_PASSWORD: ADMIN });
      expect(await host.secrets("pending")).toEqual({});
      await expectRestarted();
    });

    it("let the super admin sign in", async () => {
      expect(await signInAsAdmin()).toBe(200);
    });

    it("make visitors wait instead of failing", () => {
      expect(answers.length).toBeGreaterThan(1);
      expect(new Set(answers)).toEqual(new Set([200]));
    });

    it("are followed by an empty plan", async () => {
      await expectEmptyPlan();
    });

    it("are not shown to users of Docker, in NocoDB's log, or in the processes here and on the host", async () => {
      const inspected = await inspectedContainers(instance);
      expect(secrets.foundIn(inspected[instance.containers.nocodb]!)).toEqual([]);
      expect(secrets.foundIn(await host.log("nocodb"))).toEqual([]);
      expect(secrets.foundIn(seen[0])).toEqual([]);
      expect(secrets.foundIn(seen[1])).toEqual([]);
    });
  });

  describe("a rotated secret that signs sessions", () => {
    let rotated: Outcome;
    let session: Awaited<ReturnType<typeof asAdmin>>;
    let key: string;

    beforeAll(async () => {
      key = (await host.secrets()).NC_AUTH_JWT_SECRET!;
      session = await asAdmin();
      expect(await statusOf(session.base.list())).toBe(200);
      rotated = await neighbours.duringAll("a rotation", deployment.rotateSecret("jwt", "--deploy"));
      await learnSecrets();
      expect(rotated.code, rotated.stdout + rotated.stderr).toBe(0);
    });

    it("is another one, after a restart", async () => {
      expect((await host.secrets()).NC_AUTH_JWT_SECRET).toMatch(/^[A-Za-z0-9]{40}$/);
      expect((await host.secrets()).NC_AUTH_JWT_SECRET).not.toBe(key);
      await expectRestarted();
    });

    it("ends the sessions, and keeps the API tokens", async () => {
      expect(await statusOf(session.base.list())).toBe(401);
      expect(await statusOf((await asConsumer("openclaw")).base.list())).toBe(200);
      expect(await signInAsPrinted()).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  describe("a secret that is edited by hand on the host", () => {
    const WORDS = "password of the super admin edited by hand: restart";
    let plan: Plan;

    beforeAll(async () => {
      await host.editSecrets({ NC_ADMIN_PASSWORD: "adminEditedByHand4711" });
      await learnSecrets();
      plan = await deployment.plan();
      await expectDrift(WORDS);
      await apply();
    });

    it("is named in the plan", () => {
      expectInPlan(plan, `-> "${WORDS}"`);
    });

    it("is put into use by a plain deploy", async () => {
      expect((await host.secrets()).NC_ADMIN_PASSWORD).toBe("adminEditedByHand4711");
      expect(await signInAsAdmin()).toBe(200);
      await expectRestarted();
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
      recordDrift("a secret is edited by hand on the host", WORDS, plan, SAME);
    });
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
