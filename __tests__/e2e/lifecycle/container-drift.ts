import { beforeAll, describe, expect, it } from "vitest";
import { must } from "../../../lab/command.js";
import type { Plan } from "../../../lab/deployment.js";
import { inContainer } from "../../../lab/docker.js";
import { eventually } from "../../../lab/site.js";
import {
  apply,
  deployment,
  expectEmptyPlan,
  expectInWords,
  expectVerified,
  host,
  instance,
  neighbours,
  recordDrift,
  signInAsAdmin,
} from "../lifecycle.js";

const KEPT = "database, data, the secrets in the state, the rest of the Caddyfile";

describe("10: a container that someone changed by hand", () => {
  const { nocodb } = instance.containers;

  describe("detached from a network, with other cpus and a limit of processes, its role a superuser", () => {
    const CONTAINER = `container has cpus 0.75,pids 400, no more cpus 1,network ${instance.frontend.name} as nocodb`;
    const ROLE = "role nocodb with rights over what is not its own: SUPERUSER";
    let plan: Plan;

    beforeAll(async () => {
      await must(["docker", "network", "disconnect", instance.frontend.name, nocodb]);
      await must(["docker", "update", "--cpus", "0.75", "--pids-limit", "400", nocodb]);
      await host.sql("ALTER ROLE nocodb SUPERUSER");
      plan = await deployment.plan();
      await expectVerified(CONTAINER, ROLE);
      await apply();
    });

    it("stands in the plan in words", () => {
      expectInWords(plan, `-> "${CONTAINER}"`);
      expectInWords(plan, `-> "${ROLE}"`);
    });

    it("is replaced by one with both networks and the wanted cpus", async () => {
      const container = (await host.container())!;
      expect(Object.keys(container.NetworkSettings.Networks).sort()).toEqual([
        instance.backend.name,
        instance.frontend.name,
      ]);
      expect(container.HostConfig.NanoCpus).toBe(1e9);
      expect(await host.sql("SELECT rolsuper FROM pg_roles WHERE rolname = 'nocodb'")).toBe("f");
    });

    it("is followed by an empty plan, and npm run verify is content", async () => {
      await expectEmptyPlan();
      await expectVerified();
      recordDrift("the container was taken off a network and its limits were changed", CONTAINER, plan, KEPT);
      recordDrift("the role was made a superuser", ROLE, plan, KEPT);
    });
  });

  describe("that crashes again and again, because the role's password was changed behind its back", () => {
    let plan: Plan;

    beforeAll(async () => {
      await host.sql("ALTER ROLE nocodb PASSWORD 'changed by hand'");
      await must(["docker", "restart", nocodb]);
      await eventually(60, async () => {
        const { RestartCount } = (await host.container())!;
        if (RestartCount === 0) throw new Error(`${nocodb} has not started again on its own`);
      });
      plan = await deployment.plan();
      await apply();
    });

    it("stands in the plan in words: the cause, and what came of it", () => {
      expectInWords(plan, '-> "password of role nocodb changed"');
      expect(plan.line).toMatch(/-> "container (started again \d+ times on its own|restarting)"/);
    });

    it("serves again after a plain deploy", async () => {
      expect(await signInAsAdmin()).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
      recordDrift("the role's password was changed", "password of role nocodb changed", plan, KEPT);
    });
  });

  describe("that hangs: it runs, and answers no more", () => {
    const WORDS = "container runs and does not answer";
    let plan: Plan;

    beforeAll(async () => {
      await inContainer(nocodb, ["sh", "-c", "kill -STOP $(pidof node)"]);
      plan = await deployment.plan();
      await expectVerified(WORDS);
      await apply();
    });

    it("stands in the plan in words", () => {
      expectInWords(plan, `-> "${WORDS}"`);
    });

    it("serves again after a plain deploy", async () => {
      expect(await signInAsAdmin()).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
      recordDrift("NocoDB hangs", WORDS, plan, KEPT);
    });
  });

  describe("or whose records are lost", () => {
    let plan: Plan;

    beforeAll(async () => {
      await host.sh('rm -rf -- "$1"', `${instance.baseDirectory}/configs/nocodb`);
      plan = await deployment.plan();
      await apply();
    });

    it("stands in the plan in words, and so does all else that was on record", () => {
      expect(plan.line.match(/-> "not on record, /g)).toHaveLength(9);
    });

    it("serves again, from a new env file with the same secrets", async () => {
      expect(await signInAsAdmin()).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
      recordDrift("the records on the host are lost", "not on record", plan, KEPT);
    });
  });

  it("leaves the other site and the rest of the Caddyfile alone", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
