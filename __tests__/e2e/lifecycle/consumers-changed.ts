import type { Api } from "nocodb-sdk";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import { statusOf } from "../nocodb.js";
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
import { accounts, handmade, production, tokensOf, usersOfConsumers } from "../work.js";

describe("6: consumers changed in the environment file", () => {
  const ownFile = `${instance.baseDirectory}/configs/openclaw/nocodb.env`;
  let nocodb: string;

  beforeAll(async () => {
    nocodb = await host.running("nocodb");
  });

  describe("other roles for n8n, and a file of the app's own for openclaw", () => {
    let ended: Ended;
    let n8n: Api<unknown>;
    let token: string;
    let tokenOfOpenclaw: string;

    beforeAll(async () => {
      token = await consumers.token("n8n");
      tokenOfOpenclaw = await consumers.token("openclaw");
      await deployment.set({
        "consumers.n8n.role": "viewer",
        "consumers.n8n.bases": { Production: "viewer" },
        "consumers.openclaw.ownFile": true,
        "consumers.openclaw.recreate": undefined,
      });
      ended = await apply();
      n8n = await asConsumer("n8n");
      secrets.note("token of openclaw", await consumers.token("openclaw", ownFile));
    });

    it("lets n8n read the base, and no more change a row or make a base", async () => {
      expect(await production.titles(n8n)).toHaveLength(2);
      expect(await statusOf(production.retitle(n8n, 1, "not allowed"))).toBe(403);
      expect(await statusOf(n8n.base.create({ title: "Not allowed" }))).toBe(403);
    });

    it("leaves n8n its token", async () => {
      expect(await consumers.token("n8n")).toBe(token);
      expect(await consumers.answer("n8n")).toBe("200");
    });

    it("moves openclaw's lines into a second file, 0600, and its own file is as before the first deploy", async () => {
      expect(await consumers.file("openclaw")).toEqual(consumers.asItWas("openclaw"));
      expect(await host.rights(ownFile)).toBe("deploy:deploy 600");
      const lines = await consumers.variables("openclaw", ownFile);
      expect(Object.keys(lines).sort()).toEqual(["NOCODB_API_TOKEN", "NOCODB_BASE_URL"]);
    });

    it("takes openclaw's token along, the only one, so that its container has nothing to read anew", async () => {
      expect(await consumers.token("openclaw", ownFile)).toBe(tokenOfOpenclaw);
      expect(ended.line).not.toContain("has not got this yet");
      expect(await tokensOf(await asAdmin(), "openclaw")).toHaveLength(1);
      expect(await statusOf((await asConsumer("openclaw", ownFile)).base.list())).toBe(200);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  describe("openclaw's lines back in its own file, and n8n taken out", () => {
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

    it("takes n8n's token", async () => {
      expect(await statusOf(former.base.list())).toBe(401);
      expect(await consumers.answer("n8n")).toBe("401");
    });

    it("takes n8n's user, and no other", async () => {
      expect(await usersOfConsumers(await asAdmin())).toEqual(["openclaw@consumers.invalid"]);
      await handmade.expectUntouched(await asAdmin());
    });

    it("leaves n8n's env file to the byte as it was before the first deploy, with owner and mode", async () => {
      expect(await consumers.file("n8n")).toEqual(consumers.asItWas("n8n"));
    });

    it("gives openclaw its lines back and takes the other file away", async () => {
      expect(await consumers.aroundBlock("openclaw")).toEqual(consumers.asItWas("openclaw"));
      expect(await consumers.answer("openclaw")).toBe("200");
      expect(await host.sh('test ! -e "$1" && echo gone', ownFile)).toBe("gone");
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  describe("n8n put back, with a base that nobody has made and a command that fails", () => {
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

    it("fails and names both settings, with what there is and what was said", () => {
      expect(ended.line).toContain("consumers.n8n.bases: there is no base 'Accounts' in NocoDB");
      expect(ended.line).toContain("There are: Production");
      expect(ended.line).toContain('consumers.n8n.recreate: "echo no such service: n8n >&2; exit 7" failed');
      expect(ended.line).toContain("no such service: n8n");
    });

    it("has done everything else: user, token, lines, and the role in the other base", async () => {
      expect(await production.titles(await asConsumer("n8n"))).toHaveLength(2);
      expect(await consumers.aroundBlock("n8n")).toEqual(consumers.asItWas("n8n"));
    });

    describe("and both mended", () => {
      let token: string;

      beforeAll(async () => {
        token = await consumers.token("n8n");
        await accounts.create(await asConsumer("openclaw"));
        await deployment.set({ "consumers.n8n.recreate": `${instance.recreateCommand} n8n` });
        await apply();
      });

      it("works again in its container, with the token that the failed deploy made", async () => {
        expect(await consumers.token("n8n")).toBe(token);
        expect(await consumers.answer("n8n")).toBe("200");
      });

      it("has its role in the new base", async () => {
        await accounts.retitle(await asConsumer("n8n"), 1, "first, by n8n");
        expect(await accounts.titles(await asConsumer("openclaw"))).toEqual(["first, by n8n", "second"]);
      });

      it("is followed by an empty plan", async () => {
        await expectEmptyPlan();
      });
    });
  });

  it("costs NocoDB no restart", async () => {
    expect(await host.running("nocodb")).toBe(nocodb);
  });

  it("leaves the other site and the rest of the Caddyfile alone", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
