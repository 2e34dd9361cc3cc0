import { beforeAll, describe, expect, it } from "vitest";
import { must } from "../../../lab/command.js";
import type { Plan } from "../../../lab/deployment.js";
import { inContainer } from "../../../lab/docker.js";
import { eventually } from "../../../lab/site.js";
import {
  apply,
  deployment,
  expectDrift,
  expectEmptyPlan,
  expectInPlan,
  expectNoDrift,
  host,
  instance,
  neighbours,
  recordDrift,
  signInAsAdmin,
} from "../lifecycle.js";

const KEPT = "database, data, the secrets on the host, the rest of the Caddyfile";

describe("drift of the container", () => {
  const { nocodb } = instance.containers;

  describe("detached from a network, with other cpus and a limit of processes, and its role a superuser", () => {
    const CONTAINER = `container changed: it has cpus 0.75, pids 400 instead of cpus 1, network ${instance.frontend.name} as nocodb`;
    const ROLE = "role nocodb with rights beyond its own database: SUPERUSER";
    let plan: Plan;

    beforeAll(async () => {
      await must(["docker", "network", "disconnect", instance.frontend.name, nocodb]);
      await must(["docker", "update", "--cpus", "0.75", "--pids-limit", "400", nocodb]);
      await host.sql("ALTER ROLE nocodb SUPERUSER");
      plan = await deployment.plan();
      await expectDrift(CONTAINER, ROLE);
      await apply();
    });

    it("is named in the plan", () => {
      expectInPlan(plan, `-> "${CONTAINER}"`);
      expectInPlan(plan, `-> "${ROLE}"`);
    });

    it("is replaced by one with both networks and the configured cpus", async () => {
      const container = (await host.container())!;
      expect(Object.keys(container.NetworkSettings.Networks).sort()).toEqual([
        instance.backend.name,
        instance.frontend.name,
      ]);
      expect(container.HostConfig.NanoCpus).toBe(1e9);
      expect(await host.sql("SELECT rolsuper FROM pg_roles WHERE rolname = 'nocodb'")).toBe("f");
    });

    it("is followed by an empty plan and no drift", async () => {
      await expectEmptyPlan();
      await expectNoDrift();
      recordDrift("the container is detached from a network and its limits are changed", CONTAINER, plan, KEPT);
      recordDrift("the role is made a superuser", ROLE, plan, KEPT);
    });
  });

  describe("that crashes again and again, because someone changed the role's password", () => {
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

    it("is named in the plan: the cause and its effect", () => {
      expectInPlan(plan, '-> "password of role nocodb changed"');
      expect(plan.line).toMatch(/-> "container (restarted \d+ times? on its own|restarting)"/);
    });

    it("serves again after a plain deploy", async () => {
      expect(await signInAsAdmin()).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
      recordDrift("the role's password is changed", "password of role nocodb changed", plan, KEPT);
    });
  });

  describe("that hangs: it runs, but does not answer", () => {
    const WORDS = "service does not answer";
    let plan: Plan;

    beforeAll(async () => {
      await inContainer(nocodb, ["sh", "-c", "kill -STOP $(pidof node)"]);
      plan = await deployment.plan();
      await expectDrift(WORDS);
      await apply();
    });

    it("is named in the plan", () => {
      expectInPlan(plan, `-> "${WORDS}"`);
    });

    it("serves again after a plain deploy", async () => {
      expect(await signInAsAdmin()).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
      recordDrift("NocoDB hangs", WORDS, plan, KEPT);
    });
  });

  describe("whose records are lost", () => {
    let plan: Plan;
    let kept: Record<string, string>;

    beforeAll(async () => {
      kept = await host.secrets();
      await host.sh('rm -rf -- "$@"', `${host.configDirectory}/records`, host.envFile);
      plan = await deployment.plan();
      await apply();
    });

    it("is in the plan as not on record, and so is everything else that was on record", () => {
      expect(plan.line.match(/-> "not on record, /g)).toHaveLength(10);
    });

    it("serves again, from a new env file, with the same secrets", async () => {
      expect(await host.secrets()).toEqual(kept);
      expect(await signInAsAdmin()).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
      recordDrift("the records on the host are lost", "not on record", plan, KEPT);
    });
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
