import { afterEach, beforeEach, expect, test } from "vitest";
import { NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

const released = "released: the state of ann@laptop:/srv/app has managed /opt/acme/configs/nocodb";
const unowned = "no state owns /opt/acme/configs/nocodb/records";

test.each([[released], [unowned]])("prints what the host answers: %s", async (message) => {
  host.standIn("ssh", `echo '${message}'`);
  expect(await host.run(["state", "release", "prod"])).toEqual({ code: 0, stdout: `${message}\n`, stderr: "" });
});

test.each([
  [released, true],
  [unowned, false],
])("--json says whether there was an owner: %s", async (message, isReleased) => {
  host.standIn("ssh", `echo '${message}'`);
  const { code, stdout } = await host.run(["state", "release", "prod", "--json"]);
  expect([code, JSON.parse(stdout)]).toEqual([0, { released: isReleased, message }]);
});
