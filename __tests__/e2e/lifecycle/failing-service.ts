import { beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import { recordFault } from "../../fault.js";
import type { Inspected } from "../host.js";
import {
  apply,
  consumers,
  deployment,
  expectDrift,
  expectEmptyPlan,
  failingDeploy,
  health,
  host,
  instance,
  neighbours,
  secrets,
  signInAsAdmin,
  site,
  siteNamed,
} from "../lifecycle.js";

/** Records when it first ran, prints every secret, and ends the process. It runs before NocoDB gets its secrets. */
const LAST_WORDS = `
  require("/run/nocodb/secrets.cjs");
  try { require("fs").writeFileSync("/data/ended", String(Date.now()), { flag: "wx" }); } catch {}
  const { NC_DB, NC_ADMIN_PASSWORD, NC_AUTH_JWT_SECRET, NC_CONNECTION_ENCRYPT_KEY } = process.env;
  console.error("cannot go on with", NC_DB, NC_ADMIN_PASSWORD, NC_AUTH_JWT_SECRET, NC_CONNECTION_ENCRYPT_KEY);
  process.exit(3);
`;

describe("a service that does not come up", () => {
  const renamed = siteNamed("tables");

  describe("after its settings were changed, including its name", () => {
    let before: Inspected;
    let ended: Ended;
    let secondsSinceExit: number;

    beforeAll(async () => {
      before = (await host.container())!;
      await host.sh('printf "%s" "$2" >"$1/last-words.js"', host.dataDirectory, LAST_WORDS);
      const NODE_OPTIONS = "--require=/data/last-words.js";
      await deployment.set({ subdomain: "tables", "variables.NODE_OPTIONS": NODE_OPTIONS });
      ended = await failingDeploy();
      secondsSinceExit = (Date.now() - Number(await host.read(`${host.dataDirectory}/ended`))) / 1000;
    });

    it("fails the deploy within 10 s of its exit", () => {
      expect(secondsSinceExit).toBeLessThan(10);
    });

    it("is shown with the container's last lines, with masked secrets", () => {
      expect(ended.line).toContain(
        "cannot go on with pg://postgresql:5432?u=nocodb&p=********&d=nocodb ******** ******** ********",
      );
      expect(ended.line).toContain("crashes again and again (exit code 3");
      expect(secrets.foundIn(ended.said)).toEqual([]);
      recordFault({
        cause: "NocoDB exits when it starts",
        command: "deploy",
        seen: "cannot go on with pg://postgresql:5432?u=nocodb&p=******** […] Container acme_nocodb crashes again and again (exit code 3 […] The old container was left running",
        seconds: ended.seconds,
        preserved: "the old container serves, the same one; no secret is shown",
      });
    });

    it("leaves the old container serving, under its own name", async () => {
      expect(ended.line).toContain("The old container was left running");
      expect(await host.container()).toMatchObject({ Id: before.Id, State: { StartedAt: before.State.StartedAt } });
      expect(await health(renamed)).toBe(200);
      await expectDrift("container not replaced: the new container did not start");
    });
  });

  describe("and was fixed", () => {
    beforeAll(async () => {
      await deployment.set({ "variables.NODE_OPTIONS": undefined });
      await apply();
    });

    it("serves at its new name", async () => {
      expect(await health(renamed)).toBe(200);
      expect(await signInAsAdmin(renamed)).toBe(200);
    });

    it("gives n8n its new address, in the env file and in the container", async () => {
      const address = `https://${renamed}:${instance.ports.https}`;
      expect(await consumers.variables("n8n")).toHaveProperty("NOCODB_BASE_URL", address);
      expect((await host.container("n8n"))!.Config.Env).toContain(`NOCODB_BASE_URL=${address}`);
      expect(await consumers.answer("n8n")).toBe("200");
    });

    it("no longer serves at the old one", async () => {
      await expect(health(site)).rejects.toThrow();
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
