import { afterEach, beforeEach, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

test.each([
  [[], { follow: "", since: "", tail: "200" }],
  [["--follow"], { follow: "yes", since: "", tail: "200" }],
  [["--since", "10m"], { follow: "", since: "10m", tail: "" }],
  [["--since", "2026-11-29T22:00:00Z", "--tail", "5"], { follow: "", since: "2026-11-29T22:00:00Z", tail: "5" }],
])("%j is sent to the host", async (flags, expected) => {
  host.standIn("ssh", "exit 0");
  expect(await host.run(["logs", "prod", ...flags])).toMatchObject({ code: 0 });
  const { sent } = host.calls("ssh")[0]!;
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, inputIn(sent, name)]))).toEqual(expected);
  expect([inputIn(sent, "container"), inputIn(sent, "secrets")]).toEqual([
    "acme_nocodb",
    "/opt/acme/configs/nocodb/secrets",
  ]);
});

test.each([
  ["--since", "yesterday"],
  ["--since", "10d"],
  ["--tail", "many"],
])("%s %s is a usage error", async (...words) => {
  expect(await host.run(["logs", "prod", ...words])).toMatchObject({ code: 64, stdout: "" });
});

test("fails as the host program does", async () => {
  host.standIn("ssh", "exit 1");
  expect(await host.run(["logs", "prod"])).toMatchObject({ code: 1 });
});
