import { cp, readdir, readFile, rm, stat, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../../lab/command.js";
import { CONSUMERS } from "../../../lab/instance.js";
import { recordFault } from "../../fault.js";
import {
  asAdmin,
  asConsumer,
  consumers,
  deployment,
  expectEmptyPlan,
  host,
  learnSecrets,
  neighbours,
  secrets,
  signInAsAdmin,
} from "../lifecycle.js";
import { production, usersOfConsumers } from "../work.js";

describe("a backup for an empty second host", () => {
  const elsewhere = join(deployment.folder, "pulled");
  let copy: string;
  let pulled: Outcome;
  let former: Record<string, string>;

  beforeAll(async () => {
    pulled = await deployment.nocodbHost("backup pull", elsewhere);
    expect(pulled.code, pulled.stderr).toBe(0);
    copy = join(elsewhere, (await readdir(elsewhere))[0]!);
    former = await host.secrets();
    await host.empty();
    await rm(deployment.stateFile);
    await deployment.set({ onDestroy: undefined, image: "nocodb/nocodb:0.301.2" });
  });

  /** A restore that is refused, and changes nothing on the host. */
  async function expectRefused(cause: string, words: RegExp): Promise<void> {
    const begun = performance.now();
    const before = await host.everything();
    const { code, stderr } = await deployment.nocodbHost("backup restore", "--from", copy, "--yes");
    expect([code, words.exec(stderr)?.[0]], stderr).toEqual([1, expect.any(String)]);
    const seconds = (performance.now() - begun) / 1000;
    expect(await host.everything()).toBe(before);
    const seen = words.exec(stderr)![0];
    recordFault({
      cause,
      command: "npx nocodb-host backup restore",
      seen,
      seconds,
      preserved: "everything on the host",
    });
  }

  it("is pulled completely, readable only by its owner, and once", async () => {
    expect(pulled.stdout).toMatch(/: \d+\.\d MB, as on 127\.0\.0\.1 by size and SHA-256\n$/);
    const modes = await Promise.all(
      ["", "metadata", "database.dump", "data.tar", "secrets"].map((each) => stat(join(copy, each))),
    );
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(["700", "600", "600", "600", "600"]);
    expect(await readdir(elsewhere)).toHaveLength(1);
  });

  it("contains the encryption key, and no other secret", async () => {
    const { NC_CONNECTION_ENCRYPT_KEY: key } = former;
    expect(await readFile(join(copy, "secrets"), "utf8")).toBe(`NC_CONNECTION_ENCRYPT_KEY=${key}\n`);
  });

  it("is refused before it is sent if its super admin is not that of the environment", async () => {
    await deployment.set({ "admin.email": "someone@example.com" });
    await expectRefused(
      "the backup has another super admin than the environment",
      /admin\.email is someone@example\.com, and the backup's/,
    );
    await deployment.set({ "admin.email": undefined });
  });

  it("is refused before it is sent if it is damaged", async () => {
    const whole = copy;
    copy = join(deployment.folder, "damaged", basename(copy));
    await cp(whole, copy, { recursive: true });
    await truncate(join(copy, "database.dump"), 1000);
    await expectRefused("a pulled backup is damaged", /database\.dump was changed after the backup was made/);
    copy = whole;
  });

  describe("is restored by one command, which", () => {
    let restored: Outcome;

    beforeAll(async () => {
      restored = await neighbours.duringAll(
        "a restore",
        deployment.nocodbHost("backup restore", "--from", copy, "--yes"),
      );
      expect(restored.code, restored.stdout + restored.stderr).toBe(0);
      await learnSecrets();
    });

    it("prints that nothing would be lost, and sets the image that the backup was made under", async () => {
      expect(restored.stdout).toContain("database nocodb holds no data now: nothing would be lost");
      expect(await deployment.environmentText()).toMatch(/\nimage: nocodb\/nocodb:0\.301\.3/);
    });

    it("puts the backup's encryption key into use, and generates the other secrets", async () => {
      const { NC_CONNECTION_ENCRYPT_KEY, ...others } = await host.secrets();
      expect(NC_CONNECTION_ENCRYPT_KEY).toBe(former.NC_CONNECTION_ENCRYPT_KEY);
      expect(Object.keys(others).sort()).toEqual(["DATABASE_PASSWORD", "NC_ADMIN_PASSWORD", "NC_AUTH_JWT_SECRET"]);
      for (const [name, value] of Object.entries(others)) expect(value).not.toBe(former[name]);
    });

    it("restores users, bases and rows as they were on the first host", async () => {
      expect(await signInAsAdmin()).toBe(200);
      const admin = await asAdmin();
      expect(await usersOfConsumers(admin)).toEqual(CONSUMERS.map((name) => `${name}@consumers.invalid`).sort());
      const api = await asConsumer("openclaw");
      expect((await api.base.list()).list.map(({ title }) => title)).toContain("Production");
      expect((await production.titles(api))[0]).toBe("first");
    });

    it.each(CONSUMERS)("gives %s a token that works", async (consumer) => {
      expect(await consumers.answer(consumer)).toBe("200");
    });

    it("prints no secret", () => {
      expect(secrets.foundIn(restored.stdout + restored.stderr)).toEqual([]);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });
  });
});
