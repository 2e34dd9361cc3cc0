import type { Api } from "nocodb-sdk";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import {
  apply,
  asAdmin,
  asConsumer,
  consumers,
  deployment,
  expectEmptyPlan,
  failingDeploy,
  host,
  instance,
  neighbours,
  secrets,
} from "../lifecycle.js";
import { statusOf } from "../nocodb.js";
import { accounts, production, tokensOf, unmanaged, usersOfConsumers } from "../work.js";

describe("consumers changed in the environment file", () => {
  const ownFile = `${instance.baseDirectory}/configs/openclaw/nocodb.env`;
  let nocodb: string;

  beforeAll(async () => {
    nocodb = await host.running("nocodb");
  });

  describe("another role for n8n, and a file of the app's own for openclaw", () => {
    let ended: Ended;
    let n8n: Api<unknown>;
    let token: string;
    let tokenOfOpenclaw: string;

    beforeAll(async () => {
      token = await consumers.token("n8n");
      tokenOfOpenclaw = await consumers.token("openclaw");
      await deployment.set({
        "consumers.n8n.bases": { Production: "viewer" },
        "consumers.openclaw.ownFile": true,
        "consumers.openclaw.recreate": undefined,
      });
      ended = await apply();
      n8n = await asConsumer("n8n");
      secrets.note("token of openclaw", await consumers.token("openclaw", ownFile));
    });

    it("lets n8n read the base, but no longer change a row or create a base", async () => {
      expect(await production.titles(n8n)).toHaveLength(2);
      expect(await statusOf(production.retitle(n8n, 1, "not allowed"))).toBe(403);
      expect(await statusOf(n8n.base.create({ title: "Not allowed" }))).toBe(403);
    });

    it("keeps the token of n8n", async () => {
      expect(await consumers.token("n8n")).toBe(token);
      expect(await consumers.answer("n8n")).toBe("200");
    });

    it("moves openclaw's lines into a second file, 0600, and leaves its own file as before the first deploy", async () => {
      expect(await consumers.file("openclaw")).toEqual(consumers.before("openclaw"));
      expect(await host.rights(ownFile)).toBe("deploy:deploy 600");
      const lines = await consumers.variables("openclaw", ownFile);
      expect(Object.keys(lines).sort()).toEqual(["NOCODB_API_TOKEN", "NOCODB_BASE_URL"]);
    });

    it("keeps openclaw's only token, so that its container does not need to be created again", async () => {
      expect(await consumers.token("openclaw", ownFile)).toBe(tokenOfOpenclaw);
      expect(ended.line).not.toContain("does not have these lines yet");
      expect(await tokensOf(await asAdmin(), "openclaw")).toHaveLength(1);
      expect(await statusOf((await asConsumer("openclaw", ownFile)).base.list())).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  describe("openclaw's lines moved back into its own file, and n8n removed", () => {
    let former: Api<unknown>;

    beforeAll(async () => {
      former = await asConsumer("n8n");
      await deployment.set({
        "consumers.openclaw.ownFile": undefined,
        "consumers.openclaw.recreate": `${instance.recreateCommand} openclaw`,
        "consumers.n8n": undefined,
      });
      await apply();
    });

    it("deletes n8n's token", async () => {
      expect(await statusOf(former.base.list())).toBe(401);
      expect(await consumers.answer("n8n")).toBe("401");
    });

    it("deletes n8n's user, and no other", async () => {
      expect(await usersOfConsumers(await asAdmin())).toEqual(["openclaw@consumers.invalid"]);
      await unmanaged.expectUntouched(await asAdmin());
    });

    it("restores n8n's env file byte for byte as before the first deploy, with owner and mode", async () => {
      expect(await consumers.file("n8n")).toEqual(consumers.before("n8n"));
    });

    it("writes openclaw's lines into its own file and deletes the other file", async () => {
      expect(await consumers.aroundBlock("openclaw")).toEqual(consumers.before("openclaw"));
      expect(await consumers.answer("openclaw")).toBe("200");
      expect(await host.sh('test ! -e "$1" && echo gone', ownFile)).toBe("gone");
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  describe("n8n added again, with a base that does not exist and a command that fails", () => {
    let ended: Ended;

    beforeAll(async () => {
      await deployment.set({
        "consumers.n8n": {
          baseUrl: "site",
          bases: { Production: "editor", Accounts: "editor" },
          recreate: "echo no such service: n8n >&2; exit 7",
        },
      });
      ended = await failingDeploy();
    });

    it("fails and names both settings, with the existing bases and the output of the command", () => {
      expect(ended.line).toContain("consumers.n8n.bases: NocoDB has no base 'Accounts'");
      expect(ended.line).toContain("Existing bases: Production");
      expect(ended.line).toContain('consumers.n8n.recreate: "echo no such service: n8n >&2; exit 7" failed');
      expect(ended.line).toContain("no such service: n8n");
    });

    it("does everything else: user, token, lines, and the role in the other base", async () => {
      expect(await production.titles(await asConsumer("n8n"))).toHaveLength(2);
      expect(await consumers.aroundBlock("n8n")).toEqual(consumers.before("n8n"));
    });

    describe("and both fixed", () => {
      let token: string;

      beforeAll(async () => {
        token = await consumers.token("n8n");
        await deployment.set({
          bases: ["Production", "Accounts"],
          "consumers.openclaw.bases": { Production: "creator", Accounts: "creator" },
          "consumers.n8n.recreate": `${instance.recreateCommand} n8n`,
        });
        await apply();
        await accounts.fill(await asConsumer("openclaw"));
      });

      it("works again in its container, with the token that the failed deploy created", async () => {
        expect(await consumers.token("n8n")).toBe(token);
        expect(await consumers.answer("n8n")).toBe("200");
      });

      it("has its role in the base that the deploy has created", async () => {
        await accounts.retitle(await asConsumer("n8n"), 1, "first, by n8n");
        expect(await accounts.titles(await asConsumer("openclaw"))).toEqual(["first, by n8n", "second"]);
      });

      it("is followed by an empty plan", async () => {
        await expectEmptyPlan();
      });
    });
  });

  it("does not restart NocoDB", async () => {
    expect(await host.running("nocodb")).toBe(nocodb);
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
