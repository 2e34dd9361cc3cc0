import { describe, expect, test } from "vitest";
import { gateRows } from "../../../../cli/status/gate.js";
import type { Row } from "../../../../cli/status/rows.js";

const asked = (detail: string): Row => ({ name: "gate", result: "ok", detail, fix: "" });
const down: Row = { name: "gate", result: "unknown", detail: "container acme_caddy is exited", fix: "" };
const here = (answer: string) => ({ who: "this machine", answer });
const results = (host: Row, answer: string, snippets = ["vpn_only"]) =>
  gateRows(host, here(answer), snippets).map(({ result }) => result);

describe("the VPN gate, [inside, outside],", () => {
  test.each([
    ["lets in this machine, refuses the host", asked("403:172.20.1.1"), "200", ["ok", "ok"]],
    ["lets in the host, refuses this machine", asked("200:10.8.0.1"), "403", ["ok", "ok"]],
    ["lets in one address of the host, refuses another", asked("200:10.8.0.1 refused:172.20.1.1"), "403", ["ok", "ok"]],
    ["lets in, while NocoDB is down", asked("403:172.20.1.1"), "502", ["ok", "ok"]],
    ["refuses everybody who asked", asked("403:172.20.1.1"), "403", ["unknown", "ok"]],
    ["is not reached from here", asked("403:172.20.1.1"), "getaddrinfo ENOTFOUND noco", ["unknown", "ok"]],
    ["lets in everybody who asked", asked("200:172.20.1.1"), "200", ["ok", "wrong"]],
    ["cannot be asked on the host", down, "connect ECONNREFUSED", ["unknown", "unknown"]],
    ["lets in this machine, and cannot be asked on the host", down, "200", ["ok", "unknown"]],
  ])("%s", (_, host, answer, expected) => {
    expect(results(host, answer)).toEqual(expected);
  });

  test("is open to everyone if the site imports no snippet", () => {
    expect(results(asked("200:172.20.1.1"), "200", [])).toEqual(["ok", "ok"]);
  });

  test("says whom it let in, and what to correct", () => {
    const [, outside] = gateRows(asked("200:172.20.1.1"), here("200"), ["vpn_only", "vpn_error_page"]);
    expect(outside).toMatchObject({
      detail: "refuses nobody who asked: lets in this machine (200), the host as 172.20.1.1 (200)",
      fix: "correct (vpn_only) or (vpn_error_page) in the Caddyfile",
    });
  });
});
