import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import { CONSUMERS } from "../../../lab/instance.js";
import { consumers, deployment, health, host, instance, neighbours, site } from "../lifecycle.js";
import { visitFromOutside } from "../visitor.js";
import { tokensByHand, tokensKept } from "../work.js";

describe("15: destroy", () => {
  let users: string;
  let variables: Record<string, string>;
  let ended: Ended;
  const countUsers = () => host.sql("SELECT count(*) FROM nc_users_v2", "nocodb");

  beforeAll(async () => {
    users = await countUsers();
    variables = await host.variables();
    ended = await neighbours.duringAll("destroy", deployment.destroy());
    expect(ended.code, ended.said).toBe(0);
    await deployment.disconnect();
  });

  it("makes a last backup first, and says what it keeps", async () => {
    const [, backup] = /last backup: (\S+)/.exec(ended.line)!;
    expect(await host.sh('ls "$1"', backup!)).toBe("about\ndata.tar\ndatabase.dump");
    expect(ended.line).toContain(`kept: database nocodb and role nocodb, ${host.envFile}`);
    expect(ended.line).toContain(`kept: ${host.dataDirectory}`);
    expect(ended.line).toMatch(/kept: [1-9]\d* backups in /);
  });

  it("takes container and site away", async () => {
    expect(await host.container()).toBeUndefined();
    await expect(health()).rejects.toThrow();
    await expect(visitFromOutside(instance, site, "/")).rejects.toThrow();
  });

  it.each(CONSUMERS)(
    "leaves the env file of %s as it was before the first deploy, with owner and mode",
    async (consumer) => {
      expect(await consumers.file(consumer)).toEqual(consumers.asItWas(consumer));
    },
  );

  it("takes the consumers' tokens, and no others", async () => {
    expect(await tokensKept()).toEqual([]);
    expect(await tokensByHand()).toHaveLength(2);
  });

  it("leaves the database with its rows", async () => {
    expect(Number(users)).toBeGreaterThan(0);
    expect(await countUsers()).toBe(users);
  });

  it("leaves the data and nocodb.env", async () => {
    expect(await host.rights(host.dataDirectory)).toBe("1000:1000 755");
    expect(await host.variables()).toEqual(variables);
  });

  it("leaves the Caddyfile byte for byte what it would be without us, and the other site as it was", async () => {
    expect(await readFile(instance.caddyfile, "utf8")).toBe(neighbours.asItWas);
    expect(neighbours.troubles).toEqual([]);
  });
});
