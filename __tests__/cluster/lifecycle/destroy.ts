import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { apply, deployment, health, host, instance, neighbours } from "../../e2e/lifecycle.js";
import { left, notes, THREE } from "../deployed.js";

describe("destroy of a service with replicas", () => {
  let before: string;

  beforeAll(async () => {
    await deployment.set(THREE);
    await apply();
    before = await notes();
    const ended = await neighbours.duringAll("destroy", deployment.terraform("destroy", "-auto-approve", "-no-color"));
    expect(ended.code, ended.said).toBe(0);
    console.log(`destroy: ${ended.seconds.toFixed(0)} s`);
  });

  it("removes service, secrets and configs from the cluster, and the site", async () => {
    expect(await left()).toEqual({ containers: [], services: [], secrets: [], configs: [] });
    await expect(health()).rejects.toThrow();
    expect(await readFile(instance.caddyfile, "utf8")).toBe(neighbours.outside);
  });

  it("keeps database, secrets and backups", async () => {
    expect(await notes()).toBe(before);
    expect(Object.keys(await host.secrets())).toContain("NC_AUTH_JWT_SECRET");
    expect(await host.sh('ls "$1/backups/nocodb"', instance.baseDirectory)).not.toBe("");
  });

  it("did not affect the other site or the rest of the Caddyfile, and nor did anything before it", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
