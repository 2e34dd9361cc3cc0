import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

const base = (name: string) =>
  `project: ${name}\ndomain: ${name}.example.com\nssh:\n  host: ${name}.example.com\n  user: deploy\n`;

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
  host.write("off", base("off"));
  host.write("on", `${base("on")}backups:\n  copyTo:\n    repository: /mnt/backup\n    keepDays: 30\n`);
  host.standIn("ssh", "exit 0");
});
afterEach(() => host.remove());
const sent = (...names: string[]) => names.map((name) => inputIn(host.calls("ssh").at(-1)!.sent, name));

describe("backup copy", () => {
  test("names the repository, its secrets and how long copies are kept", async () => {
    expect((await host.run(["backup", "copy", "on"])).code).toBe(0);
    expect(sent("copy_to", "copy_days", "copy_secrets", "service")).toEqual([
      "/mnt/backup",
      "30",
      "/opt/on/configs/nocodb/copy-secrets",
      "nocodb",
    ]);
  });

  test("--password prints what is in the directory of the copies' secrets", async () => {
    expect((await host.run(["backup", "copy", "on", "--password"])).code).toBe(0);
    expect(sent("secrets")).toEqual(["/opt/on/configs/nocodb/copy-secrets"]);
  });

  test.each([
    ["backup", "copy", "off"],
    ["backup", "fetch", "off"],
  ])("%s %s without backups.copyTo says what to set", async (...words) => {
    const { code, stderr } = await host.run(words);
    expect([code, stderr]).toEqual([1, expect.stringContaining("backups.copyTo: is not set in ")]);
    expect(host.calls("ssh")).toEqual([]);
  });
});

test("backup fetch brings the newest copy, or one by name", async () => {
  await host.run(["backup", "fetch", "on"]);
  expect(sent("backup")).toEqual(["latest"]);
  await host.run(["backup", "fetch", "on", "2026-11-24T030000Z-2026.09.0"]);
  expect(sent("backup")).toEqual(["2026-11-24T030000Z-2026.09.0"]);
});

describe("the password of the copies", () => {
  test("is set in a directory that NocoDB does not get, and never rotated", async () => {
    const { secretNamed, secretsInput } = await import("../../../../cli/secret/secret-name.js");
    const { environmentNamed } = await import("../../../../cli/environment-files.js");
    process.env.NOCODB_ENVIRONMENTS = host.environments;
    const on = environmentNamed("on");
    expect(secretsInput(on, secretNamed(on, "BACKUP_PASSWORD", "set")).secrets).toBe(
      "/opt/on/configs/nocodb/copy-secrets",
    );
    expect(secretsInput(on, secretNamed(on, "jwt", "set")).secrets).toBe("/opt/on/configs/nocodb/secrets");
    expect((await host.run(["secret", "rotate", "on", "BACKUP_PASSWORD"])).stderr).toContain("is never rotated");
  });
});
