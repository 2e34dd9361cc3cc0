import { beforeAll, describe, expect, it } from "vitest";
import { must } from "../../../lab/command.js";
import type { Plan } from "../../../lab/deployment.js";
import type { Inspected } from "../host.js";
import {
  apply,
  deploy,
  deployment,
  expectDrift,
  expectEmptyPlan,
  expectInPlan,
  expectNoDrift,
  health,
  host,
  instance,
  neighbours,
  recordDrift,
  site,
} from "../lifecycle.js";
import { visit } from "../visitor.js";

const SAME = "the same container; database, data and the rest of the Caddyfile";

describe("drift of the host", () => {
  let before: Inspected;

  beforeAll(async () => {
    before = (await host.container())!;
  });

  describe("env file, modes, login, memory, and the Caddyfile replaced by rename", () => {
    const DRIFTS = [
      ["nocodb.env is edited", "file edited"],
      ["the mode of the data directory is changed", "mode 0700, not 0755"],
      ["the role loses LOGIN", "role nocodb cannot log in"],
      ["the mode of the secrets is changed", `${host.secretsDirectory}/values with owner and mode 0:0 644`],
      [
        "the Caddyfile is replaced by rename",
        `Caddyfile replaced by rename, container ${instance.containers.caddy} reads an older one`,
      ],
    ] as const;
    let plan: Plan;

    beforeAll(async () => {
      await host.sh('echo "NC_DISABLE_TELE=" >>"$1"', host.envFile);
      await host.sh('chmod 0700 "$1"', host.dataDirectory);
      await host.sql("ALTER ROLE nocodb NOLOGIN");
      await host.sh('chmod 0644 "$1/values"', host.secretsDirectory);
      const limits = ["--memory", "320m", "--memory-swap", "320m", "--memory-reservation", "160m", "--restart", "no"];
      await must(["docker", "update", ...limits, instance.containers.nocodb]);
      await neighbours.editCaddyfile("by rename", (text) => text.replace("Edited by hand", "Edited by hand, again"));
      plan = await deployment.plan();
      await expectDrift(
        ...DRIFTS.map(([, words]) => words),
        "container changed: it has memory 320M, memory with swap 320M, memory reservation 160M, restart policy no instead of memory 288M",
      );
      await deploy();
    });

    it.each(DRIFTS)("%s: is in the plan as: %s", (_, words) => {
      expectInPlan(plan, `-> "${words}"`);
    });

    it.each([/memory\s+= 320 -> 288/, /memory_reservation\s+= 160 -> 128/, /restart\s+= "no" -> "unless-stopped"/])(
      "is in the plan as an attribute: %s",
      (attribute) => {
        expect(plan.line).toMatch(attribute);
      },
    );

    it("is corrected by a plain deploy", async () => {
      expect(await host.variables()).toHaveProperty("NC_DISABLE_TELE", "true");
      expect(await host.rights(host.dataDirectory)).toBe("1000:1000 755");
      expect(await host.rights(`${host.secretsDirectory}/values`)).toBe("root:root 600");
      expect(await host.sql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'nocodb'")).toBe("t");
      expect((await host.container())!.HostConfig).toMatchObject({
        Memory: 288 * 1024 * 1024,
        MemorySwap: 288 * 1024 * 1024,
        MemoryReservation: 128 * 1024 * 1024,
        RestartPolicy: { Name: "unless-stopped" },
      });
      const inCaddy = await must(["docker", "exec", instance.containers.caddy, "sha256sum", "/etc/caddy/Caddyfile"]);
      expect(inCaddy.split(" ")[0]).toBe((await host.sh('sha256sum "$1"', instance.caddyfile)).split(" ")[0]);
    });

    it("does not replace the container", async () => {
      expect(await host.container()).toMatchObject({ Id: before.Id, State: { StartedAt: before.State.StartedAt } });
    });

    it("is followed by an empty plan and no drift", async () => {
      await expectEmptyPlan();
      await expectNoDrift();
      for (const [cause, words] of DRIFTS) recordDrift(cause, words, plan, SAME);
      recordDrift("memory and restart policy are changed", "memory = 320 -> 288", plan, SAME);
    });
  });

  describe("site, owners, file mode, and the container stopped", () => {
    const DRIFTS = [
      ["the site is edited", "site edited"],
      ["the mode of nocodb.env is changed", "mode 0644, not 0600"],
      ["the owner of a directory is changed", "owner 0:0, not 1001:1001"],
      ["the owner of the database is changed", "database nocodb owned by postgres, not nocodb"],
      ["the container is stopped", "container exited"],
    ] as const;
    let plan: Plan;

    beforeAll(async () => {
      const inSite = "/^# BEGIN/,/^# END/s/SAMEORIGIN/DENY/";
      await host.sh(
        'cp "$2" /tmp/edited && sed -i "$1" /tmp/edited && cat /tmp/edited >"$2"',
        inSite,
        instance.caddyfile,
      );
      await host.sh('chmod 0644 "$1"', host.envFile);
      await host.sh('chown root: "$1"', host.configDirectory);
      await host.sql("ALTER DATABASE nocodb OWNER TO postgres");
      await must(["docker", "stop", instance.containers.nocodb]);
      plan = await deployment.plan();
      await expectDrift(...DRIFTS.map(([, words]) => words));
      await apply();
    });

    it.each(DRIFTS)("%s: is in the plan as: %s", (_, words) => {
      expectInPlan(plan, `-> "${words}"`);
    });

    it("is corrected by a plain deploy", async () => {
      expect((await visit(instance, site, "/api/v1/health")).headers).toHaveProperty("x-frame-options", "SAMEORIGIN");
      expect(await host.rights(host.envFile)).toBe("deploy:deploy 600");
      expect(await host.rights(host.configDirectory)).toBe("deploy:deploy 755");
      const owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'nocodb'";
      expect(await host.sql(owner)).toBe("nocodb");
    });

    it("brings the container up again, the same one", async () => {
      expect(await host.container()).toMatchObject({ Id: before.Id, State: { Status: "running" } });
      expect(await health()).toBe(200);
    });

    it("is followed by an empty plan and no drift", async () => {
      await expectEmptyPlan();
      await expectNoDrift();
      for (const [cause, words] of DRIFTS) recordDrift(cause, words, plan, SAME);
    });
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
