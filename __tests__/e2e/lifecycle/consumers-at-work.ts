import type { Api, BaseType } from "nocodb-sdk";
import { beforeAll, describe, expect, it } from "vitest";
import { CONSUMERS } from "../../../lab/instance.js";
import {
  apply,
  asAdmin,
  asConsumer,
  asVisitor,
  consumers,
  deployment,
  expectEmptyPlan,
  host,
  instance,
  learnSecrets,
  secrets,
  site,
} from "../lifecycle.js";
import { statusOf } from "../nocodb.js";
import { visitFromOutside } from "../visitor.js";
import { production, unmanaged } from "../work.js";

/** Seconds after a rotation within which the old token must be refused. */
const AT_ONCE = 5;

describe("the consumers at work, through the vendor's own client", () => {
  let openclaw: Api<unknown>;
  let n8n: Api<unknown>;

  beforeAll(async () => {
    await unmanaged.create();
    openclaw = await asConsumer("openclaw");
    n8n = await asConsumer("n8n");
  });

  describe("openclaw, a creator of the base that the deploy has created", () => {
    let base: BaseType;

    beforeAll(async () => {
      base = await production.fill(openclaw);
    });

    it("sees that base alone, and makes a table and rows in it", async () => {
      expect((await openclaw.base.list()).list?.map(({ title }) => title)).toEqual(["Production"]);
      expect(await production.titles(openclaw)).toEqual(["first", "second"]);
    });

    it("creates a webhook", async () => {
      const { list } = await openclaw.dbTableWebhook.list(production.table);
      expect(list).toMatchObject([{ title: "on insert", event: "after" }]);
    });

    it("may neither create a base nor delete that one", async () => {
      expect(await statusOf(openclaw.base.create({ title: "Not allowed" }))).toBe(403);
      expect(await statusOf(openclaw.base.delete(base.id!))).toBe(403);
    });
  });

  describe("n8n, after the environment file makes it an editor of that base instead of a creator", () => {
    let tokens: string[];

    beforeAll(async () => {
      tokens = await Promise.all(CONSUMERS.map((consumer) => consumers.token(consumer)));
      await deployment.set({ "consumers.n8n.bases": { Production: "editor" } });
      await apply();
    });

    it("reads the rows and updates one", async () => {
      await production.retitle(n8n, 2, "second, by n8n");
      expect(await production.titles(n8n)).toEqual(["first", "second, by n8n"]);
    });

    it("may not change the base itself", async () => {
      expect(await statusOf(n8n.dbTable.delete(production.table))).toBe(403);
    });

    it("keeps its token, and so does openclaw", async () => {
      expect(await Promise.all(CONSUMERS.map((consumer) => consumers.token(consumer)))).toEqual(tokens);
    });
  });

  describe.each(CONSUMERS)("the token of %s", (consumer) => {
    const nothingOfOthers = { users: "/api/v1/users", settings: "/api/v1/app-settings", tokens: "/api/v1/tokens" };

    it.each(Object.entries(nothingOfOthers))("opens no %s", async (_, path) => {
      const api = await asConsumer(consumer);
      expect(await statusOf(api.instance.get(path))).toBe(401);
    });

    it("creates no token", async () => {
      expect(await statusOf((await asConsumer(consumer)).orgTokens.create({ description: "more" }))).toBe(401);
    });

    it("is refused outside the VPN range, although it is valid", async () => {
      const answer = await visitFromOutside(instance, site, "/api/v2/meta/bases", await consumers.token(consumer));
      expect(answer).toMatchObject({ status: 403, body: "Reachable through the VPN only" });
    });

    it("is in the consumer's env file on the host and nowhere else", async () => {
      const found = 'grep -rlF -e "$(sed -n "s/^NOCODB_API_TOKEN=//p" "$2")" "$1"';
      expect(await host.sh(found, instance.baseDirectory, consumers.envFile(consumer))).toBe(
        consumers.envFile(consumer),
      );
    });
  });

  it("requests without a token, or with an invalid one, are refused", async () => {
    expect(await statusOf((await asVisitor()).base.list())).toBe(401);
    expect(await statusOf((await asVisitor({ "xc-token": "A".repeat(40) })).base.list())).toBe(401);
  });

  describe("npx nocodb-host rotate token for n8n", () => {
    let old: string;
    let others: string;
    let containers: string[];
    let said: string;
    let secondsUntilRefused: number;

    const untouched = () => Promise.all([host.running("nocodb"), host.running("openclaw")]);

    beforeAll(async () => {
      [others, old] = [await consumers.token("openclaw"), await consumers.token("n8n")];
      containers = await untouched();
      const former = await asConsumer("n8n");
      expect(await statusOf(former.base.list())).toBe(200);
      const { code, stdout, stderr } = await deployment.nocodbHost("rotate token", "n8n");
      const ended = performance.now();
      said = stdout + stderr;
      expect(code, said).toBe(0);
      expect(await statusOf(former.base.list())).toBe(401);
      secondsUntilRefused = (performance.now() - ended) / 1000;
      await learnSecrets();
    });

    it("invalidates the old token at once", () => {
      expect(secondsUntilRefused).toBeLessThan(AT_ONCE);
    });

    it("gives n8n a new token, which works in its container", async () => {
      expect(await consumers.token("n8n")).not.toBe(old);
      expect(await consumers.answer("n8n")).toBe("200");
      expect(await production.titles(await asConsumer("n8n"))).toHaveLength(2);
    });

    it("does not affect openclaw or NocoDB", async () => {
      expect(await consumers.token("openclaw")).toBe(others);
      expect(await untouched()).toEqual(containers);
      expect(await consumers.answer("openclaw")).toBe("200");
    });

    it("prints no token", () => {
      expect(said).toContain("n8n: token replaced");
      expect(secrets.foundIn(said)).toEqual([]);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });

  it("does not change a user and tokens that were created without the app", async () => {
    await unmanaged.expectUntouched(await asAdmin());
  });
});
