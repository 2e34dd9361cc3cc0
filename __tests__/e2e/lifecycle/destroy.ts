import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import { CONSUMERS } from "../../../lab/instance.js";
import { consumers, deployment, health, host, instance, neighbours, site } from "../lifecycle.js";
import { signInAcrossStop, visitFromOutside } from "../visitor.js";
import { managedTokens, unmanagedTokens } from "../work.js";

describe("destroy", () => {
  let users: string;
  let kept: Record<string, string>[];
  let ended: Ended;
  let inProgress: number | string;
  const variables = () => Promise.all([host.variables(), host.secrets()]);
  const countUsers = () => host.sql("SELECT count(*) FROM nc_users_v2", "nocodb");

  beforeAll(async () => {
    users = await countUsers();
    kept = await variables();
    inProgress = await signInAcrossStop(instance, site, await host.superAdmin(), async () => {
      ended = await neighbours.duringAll("destroy", deployment.destroy());
    });
    expect(ended.code, ended.said).toBe(0);
    await deployment.disconnect();
  });

  it("makes a last backup first, and prints what it keeps", async () => {
    const [, backup] = /last backup: (\S+)/.exec(ended.line)!;
    expect(await host.sh('ls "$1"', backup!)).toBe("data.tar\ndatabase.dump\nmetadata\nsecrets");
    expect(ended.line).toContain(`kept: database nocodb and role nocodb, ${host.envFile}, ${host.secretsDirectory}`);
    expect(ended.line).toContain(`kept: ${host.dataDirectory}`);
    expect(ended.line).toMatch(/kept: [1-9]\d* backups in /);
  });

  it("is in the history, as one event", async () => {
    const history = JSON.parse((await deployment.nocodbHost("history", "--json")).stdout);
    expect(history.at(-1)).toMatchObject({ event: "destroy", result: "done" });
    expect(history.at(-1).changed).toMatch(/^backup \S+, .*container \S+ removed; database: keep, data: keep/);
  });

  it("lets NocoDB answer the request in progress", () => {
    expect(inProgress).toBe(200);
  });

  it("removes container and site", async () => {
    expect(await host.container()).toBeUndefined();
    await expect(health()).rejects.toThrow();
    await expect(visitFromOutside(instance, site, "/")).rejects.toThrow();
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

  it("keeps the database with its rows", async () => {
    expect(Number(users)).toBeGreaterThan(0);
    expect(await countUsers()).toBe(users);
  });

  it("keeps the data, nocodb.env and the secrets", async () => {
    expect(await host.rights(host.dataDirectory)).toBe("1000:1000 755");
    expect(await variables()).toEqual(kept);
  });

  it("restores the Caddyfile byte for byte as it would be without the app, and does not change the other site", async () => {
    expect(await readFile(instance.caddyfile, "utf8")).toBe(neighbours.outside);
    expect(neighbours.troubles).toEqual([]);
  });
});
