import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { CONSUMERS } from "../../../lab/instance.js";
import {
  apply,
  asAdmin,
  asConsumer,
  consumers,
  deploy,
  deployment,
  expectEmptyPlan,
  expectNoDrift,
  health,
  host,
  instance,
  neighbours,
  signInAsAdmin,
  site,
  siteNamed,
} from "../lifecycle.js";
import { managedTokens, production, unmanaged, unmanagedTokens } from "../work.js";

describe("disabled and enabled again", () => {
  const siteFile = `${instance.sitesDirectory}/${site}.caddy`;
  const variables = () => Promise.all([host.variables(), host.secrets()]);
  let kept: Record<string, string>[];

  describe("with an empty subdomain", () => {
    beforeAll(async () => {
      kept = await variables();
      await deployment.set({ subdomain: "" });
      await deploy();
    });

    it("removes the container", async () => {
      expect(await host.container()).toBeUndefined();
    });

    it("removes the site", async () => {
      expect(await readFile(instance.caddyfile, "utf8")).not.toContain("kept by cdktf");
      await expect(health(siteNamed("tables"))).rejects.toThrow();
    });

    it.each(CONSUMERS)(
      "restores the env file of %s as it was before the first deploy, with owner and mode",
      async (consumer) => {
        expect(await consumers.file(consumer)).toEqual(consumers.before(consumer));
      },
    );

    it("deletes the consumers' tokens, and no others", async () => {
      expect(await managedTokens()).toEqual([]);
      expect(await unmanagedTokens()).toHaveLength(2);
    });

    it("keeps database, data, nocodb.env and the secrets", async () => {
      expect(Number(await host.sql("SELECT count(*) FROM nc_users_v2", "nocodb"))).toBeGreaterThan(0);
      expect(await host.rights(host.dataDirectory)).toBe("1000:1000 755");
      expect(await variables()).toEqual(kept);
    });

    it("is followed by an empty plan, and does not count as drift", async () => {
      await expectEmptyPlan();
      await expectNoDrift();
    });
  });

  describe("with the subdomain set again, and a Caddyfile that imports a directory of sites", () => {
    beforeAll(async () => {
      await neighbours.editCaddyfile("in place", (text) => `${text}\nimport /etc/caddy/sites/*.caddy\n`);
      await deployment.set({ subdomain: "noco", "caddy.sitesDirectory": instance.sitesDirectory });
      await deploy();
    });

    it("lets the same users sign in", async () => {
      expect(await signInAsAdmin()).toBe(200);
    });

    it("gives the consumers access again, to the bases that they created and with the roles that they had", async () => {
      for (const consumer of CONSUMERS) expect(await consumers.answer(consumer)).toBe("200");
      const api = await asConsumer("openclaw");
      expect((await api.base.list()).list.map(({ title }) => title).sort()).toEqual(["Accounts", "Production"]);
      await production.retitle(await asConsumer("n8n"), 2, "second, after all");
      expect(await production.titles(api)).toEqual(["first", "second, after all"]);
    });

    it("does not change a user and tokens that were created without the app", async () => {
      await unmanaged.expectUntouched(await asAdmin());
    });

    it("writes the site into its own file and does not change the Caddyfile", async () => {
      expect(await host.read(siteFile)).toContain(`${site} {`);
      expect(await readFile(instance.caddyfile, "utf8")).not.toContain("kept by cdktf");
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  describe("with the site moved back into the Caddyfile", () => {
    let id: string | undefined;

    beforeAll(async () => {
      id = (await host.container())?.Id;
      await deployment.set({ "caddy.sitesDirectory": undefined });
      await apply();
    });

    it("has one site, in the Caddyfile, and the same container", async () => {
      expect(await host.sh('ls "$1"', instance.sitesDirectory)).toBe("");
      expect(await readFile(instance.caddyfile, "utf8")).toContain(`# BEGIN ${site} (kept by cdktf)`);
      expect(await health()).toBe(200);
      expect((await host.container())?.Id).toBe(id);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
