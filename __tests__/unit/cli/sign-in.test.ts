import { afterEach, beforeEach, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

test("reads env file and secrets of the environment on its host", async () => {
  host.standIn("ssh", "exit 0");
  expect(await host.run(["sign-in", "prod"])).toEqual({ code: 0, stdout: "", stderr: "" });
  const { sent } = host.calls("ssh")[0]!;
  expect(["env_file", "secrets"].map((name) => inputIn(sent, name))).toEqual([
    "/opt/acme/configs/nocodb/nocodb.env",
    "/opt/acme/configs/nocodb/secrets",
  ]);
});

test("fails as the host program does, without a word of its own", async () => {
  host.standIn("ssh", "exit 1");
  expect(await host.run(["sign-in", "prod"])).toEqual({ code: 1, stdout: "", stderr: "" });
});

test("has no --json: a password is not for a log", async () => {
  expect(await host.run(["sign-in", "prod", "--json"])).toMatchObject({ code: 64 });
});
