import { afterEach, beforeEach, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({ prod: { alerts: { webhook: "secret" } }, silent: {} });
  host.standIn("ssh", "echo sent");
});
afterEach(() => host.remove());

test("the host sends the message, to the receiver of the environment file", async () => {
  expect(await host.run(["alerts", "test", "prod"])).toMatchObject({ code: 0, stderr: "" });
  const [call] = host.calls("ssh");
  expect(["alerts", "webhook", "command", "environment", "service"].map((each) => inputIn(call!.sent, each))).toEqual([
    ...["/opt/acme/configs/nocodb/alerts", "secret", "", "prod", "nocodb"],
  ]);
});

test("an environment without alerts is named, and no host is asked", async () => {
  const { code, stderr } = await host.run(["alerts", "test", "silent"]);
  expect([code, stderr]).toEqual([
    65,
    expect.stringMatching(/^alerts: is not set in .*silent\.yaml: add it with a webhook or a command\n$/),
  ]);
  expect(host.calls("ssh")).toEqual([]);
});
