import { beforeAll, describe, expect, it } from "vitest";
import { must } from "../../../lab/command.js";
import type { Plan } from "../../../lab/deployment.js";
import type { Inspected } from "../host.js";
import {
  apply,
  deploy,
  deployment,
  expectEmptyPlan,
  expectInWords,
  expectVerified,
  health,
  host,
  instance,
  neighbours,
  recordDrift,
  site,
} from "../lifecycle.js";
import { visit } from "../visitor.js";

const SAME = "the same container; database, data and the rest of the Caddyfile";

describe("9: what someone changed by hand on the host", () => {
  let before: Inspected;

  beforeAll(async () => {
    before = (await host.container())!;
  });

  describe("env file, directory mode, login, memory, and the Caddyfile replaced by rename", () => {
    const DRIFTS = [
      ["nocodb.env was edited", "file edited"],
      ["the mode of the data directory was changed", "mode 0700, not 0755"],
      ["the role may not log in any more", "role nocodb may not log in"],
      [
        "the Caddyfile was replaced by rename",
        `Caddyfile replaced by rename, container ${instance.containers.caddy} sees an older one`,
      ],
    ] as const;
    let plan: Plan;

    beforeAll(async () => {
      await host.sh('echo "NC_DISABLE_TELE=" >>"$1"', host.envFile);
      await host.sh('chmod 0700 "$1"', host.dataDirectory);
      await host.sql("ALTER ROLE nocodb NOLOGIN");
      const limits = ["--memory", "320m", "--memory-swap", "320m", "--memory-reservation", "160m", "--restart", "no"];
      await must(["docker", "update", ...limits, instance.containers.nocodb]);
      await neighbours.editCaddyfile("by rename", (text) => text.replace("Edited by hand", "Edited by hand, again"));
      plan = await deployment.plan();
      await expectVerified(
        ...DRIFTS.map(([, words]) => words),
        "container has memory 320M,memory with swap 320M,memory reservation 160M,restart policy no",
      );
      await deploy();
    });

    it.each(DRIFTS)("%s: stands in the plan as: %s", (_, words) => {
      expectInWords(plan, `-> "${words}"`);
    });

    it.each([/memory\s+= 320 -> 288/, /memory_reservation\s+= 160 -> 128/, /restart\s+= "no" -> "unless-stopped"/])(
      "stands in the plan as an attribute: %s",
      (attribute) => {
        expect(plan.line).toMatch(attribute);
      },
    );

    it("is put back by a plain deploy", async () => {
      expect(await host.variables()).toHaveProperty("NC_DISABLE_TELE", "true");
      expect(await host.rights(host.dataDirectory)).toBe("1000:1000 755");
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

    it("costs no new container", async () => {
      expect(await host.container()).toMatchObject({ Id: before.Id, State: { StartedAt: before.State.StartedAt } });
    });

    it("is followed by an empty plan, and npm run verify is content", async () => {
      await expectEmptyPlan();
      await expectVerified();
      for (const [cause, words] of DRIFTS) recordDrift(cause, words, plan, SAME);
      recordDrift("memory and restart policy were changed", "memory = 320 -> 288", plan, SAME);
    });
  });

  describe("site, owners, file mode, and the container stopped", () => {
    const DRIFTS = [
      ["the site was edited", "site edited"],
      ["the mode of nocodb.env was changed", "mode 0644, not 0600"],
      ["the owner of a directory was changed", "owner 0:0, not 1001:1001"],
      ["the owner of the database was changed", "database nocodb owned by postgres, not nocodb"],
      ["the container was stopped", "container exited"],
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
      await expectVerified(...DRIFTS.map(([, words]) => words));
      await apply();
    });

    it.each(DRIFTS)("%s: stands in the plan as: %s", (_, words) => {
      expectInWords(plan, `-> "${words}"`);
    });

    it("is put back by a plain deploy", async () => {
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

    it("is followed by an empty plan, and npm run verify is content", async () => {
      await expectEmptyPlan();
      await expectVerified();
      for (const [cause, words] of DRIFTS) recordDrift(cause, words, plan, SAME);
    });
  });

  it("leaves the other site and the rest of the Caddyfile alone", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
