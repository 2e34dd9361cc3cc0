/**
 * What a deployment goes through on each kind of host (`npm run hosts`): the lifecycle without its faults. A neighbour's
 * site is requested throughout.
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOST_KINDS } from "../../lab/host-kinds.js";
import { CONSUMERS } from "../../lab/instance.js";
import {
  anotherImage,
  buildAnotherImage,
  consumers,
  deploy,
  deployment,
  expectDrift,
  expectEmptyPlan,
  expectNoDrift,
  health,
  host,
  instance,
  neighbours,
  signInAsAdmin,
  signInAsPrinted,
} from "./lifecycle.js";

const note = (text: string) => host.sql(`INSERT INTO notes VALUES ('${text}')`, "nocodb");
const notes = () => host.sql("SELECT string_agg(text, ' ' ORDER BY text) FROM notes", "nocodb");

describe("on this kind of host", () => {
  beforeAll(async () => {
    await deployment.begin();
    await deployment.set(HOST_KINDS[process.env.LAB_HOST_KIND ?? ""]?.settings ?? {});
    await Promise.all([neighbours.begin(), consumers.begin(), buildAnotherImage()]);
  });

  afterAll(() => deployment.disconnect());

  it("a first deploy ends with a service that answers, and is followed by an empty plan", async () => {
    const ended = await deploy();
    expect(ended.line).toMatch(/site https:\S+: answers 403/);
    expect(await signInAsPrinted()).toBe(200);
    await expectEmptyPlan();
    await expectNoDrift();
  });

  it.each(CONSUMERS)("%s has a token that works", async (consumer) => {
    expect(await consumers.answer(consumer)).toBe("200");
  });

  it("another image replaces the container behind a backup, and keeps the data", async () => {
    await host.sql("CREATE TABLE notes (text text); ALTER TABLE notes OWNER TO nocodb", "nocodb");
    await note("before");
    await deployment.set({ image: anotherImage });
    await deploy();
    expect((await deployment.nocodbHost("backup list")).stdout).toContain(`before ${anotherImage}`);
    expect(await notes()).toBe("before");
    await expectEmptyPlan();
  });

  it("a new database password comes into use", async () => {
    const former = (await host.secrets()).DATABASE_PASSWORD;
    expect(await deployment.rotateSecret("DATABASE_PASSWORD")).toMatchObject({ code: 0 });
    await deploy();
    expect((await host.secrets()).DATABASE_PASSWORD).not.toBe(former);
    expect(await signInAsAdmin()).toBe(200);
  });

  it("drift is named, and a plain deploy corrects it", async () => {
    await host.sh('chmod 0644 "$1"; chown 0:0 "$2"', host.envFile, host.dataDirectory);
    await expectDrift("mode 0644", "owner 0:0");
    await deploy();
    await expectEmptyPlan();
    await expectNoDrift();
  });

  it("a backup brings back rows and files", async () => {
    expect(await deployment.nocodbHost("backup create")).toMatchObject({ code: 0 });
    await note("later");
    await host.sh('touch "$1/later"', host.dataDirectory);
    const { code, stdout, stderr } = await deployment.nocodbHost("backup restore", "--yes");
    expect(code, stdout + stderr).toBe(0);
    expect(await notes()).toBe("before");
    expect(await host.sh('ls "$1"', host.dataDirectory)).not.toContain("later");
    expect(await signInAsAdmin()).toBe(200);
    await expectEmptyPlan();
  });

  it("destroy removes container and site, and the neighbours have not noticed anything", async () => {
    const ended = await neighbours.duringAll("destroy", deployment.destroy());
    expect(ended.code, ended.said).toBe(0);
    expect(await host.container()).toBeUndefined();
    await expect(health()).rejects.toThrow();
    for (const consumer of CONSUMERS) expect(await consumers.file(consumer)).toEqual(consumers.before(consumer));
    expect(await readFile(instance.caddyfile, "utf8")).toBe(neighbours.outside);
    expect(neighbours.troubles).toEqual([]);
  });
});
