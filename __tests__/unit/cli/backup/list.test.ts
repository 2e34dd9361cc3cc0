import { afterEach, beforeEach, expect, test } from "vitest";
import { NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

const listed = `2026-11-24T030000Z-2026.09.0             1.2M  by schedule
2026-11-23T030000Z-0.301.3                980K  before nocodb/nocodb:2026.09.0
`;
const none = "There is no backup in /opt/acme/backups/nocodb.\n";
const answer = (text: string) => host.standIn("ssh", `cat <<'TEXT'\n${text}TEXT`);

test.each([[listed], [none]])("prints what the host lists", async (text) => {
  answer(text);
  expect(await host.run(["backup", "list", "prod"])).toEqual({ code: 0, stdout: text, stderr: "" });
});

test.each([
  [
    listed,
    [
      { name: "2026-11-24T030000Z-2026.09.0", size: "1.2M", reason: "by schedule" },
      { name: "2026-11-23T030000Z-0.301.3", size: "980K", reason: "before nocodb/nocodb:2026.09.0" },
    ],
  ],
  [none, []],
])("--json prints a list", async (text, list) => {
  answer(text);
  const { code, stdout } = await host.run(["backup", "list", "prod", "--json"]);
  expect([code, JSON.parse(stdout)]).toEqual([0, list]);
});

test("if the host cannot be reached, it prints no list", async () => {
  host.standIn("ssh", "exit 255");
  expect(await host.run(["backup", "list", "prod", "--json"])).toMatchObject({ code: 1, stdout: "" });
});
