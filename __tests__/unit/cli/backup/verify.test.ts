import { afterEach, beforeEach, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

test.each([
  [[], "latest"],
  [["2026-11-24T030000Z-2026.09.0"], "2026-11-24T030000Z-2026.09.0"],
])("tests the newest backup, or one by name: %s", async (named, backup) => {
  host.standIn("ssh", "exit 0");
  expect(await host.run(["backup", "verify", "prod", ...named])).toEqual({ code: 0, stdout: "", stderr: "" });
  const { sent } = host.calls("ssh").at(-1)!;
  expect(["backup", "reason", "service"].map((name) => inputIn(sent, name))).toEqual([backup, "requested", "nocodb"]);
});

test("exits with 1 if the backup failed", async () => {
  host.standIn("ssh", "exit 1");
  expect((await host.run(["backup", "verify", "prod"])).code).toBe(1);
});
