import { describe, expect, test } from "vitest";
import { complaints, environmentText, least } from "../../support/environment-text.js";

describe("an unknown setting", () => {
  const known =
    "known here: project, domain, subdomain, ssh, baseDirectory, image, memory, memoryReservation, usernsMode, cpus, networks, engine, swarm, alias, postgresql, caddy, admin, bases, consumers, secureAttachments, trustedProxies, privateNetwork, redis, attachments, variables, secrets, backups, alerts, onDestroy, acknowledgements, backend";
  test.each([
    ["a typing error", { subdomian: "noco" }, 'subdomian: "noco": is not a setting; did you mean subdomain?'],
    ["another case", { baseDirectori: "/a" }, 'baseDirectori: "/a": is not a setting; did you mean baseDirectory?'],
    [
      "snake case",
      { memory_reservation: "64M" },
      'memory_reservation: "64M": is not a setting; did you mean memoryReservation?',
    ],
    [
      "a setting of a section",
      { identityFile: "/k" },
      'identityFile: "/k": is not a setting; did you mean ssh.identityFile?',
    ],
    ["an unrelated word", { zebra: 1 }, `zebra: 1: is not a setting; ${known}`],
    [
      "inside a section",
      { ssh: { ...least.ssh, identity_file: "/k" } },
      'ssh.identity_file: "/k": is not a setting; did you mean identityFile?',
    ],
    [
      "inside a mapping that could be a name",
      { networks: { backend: { created: true } } },
      "networks.backend.created: true: is not a setting; did you mean create?",
    ],
  ])("%s", (_title, over, expected) => {
    expect(complaints(environmentText(over))).toEqual([expected]);
  });
});

test("every problem of a file shows at once, including those of nested settings and cross-field rules", () => {
  const text = `project: Acme
domain: example.com
ssh:
  host: -h
  port: 0
  options: { batchmode: "no" }
memory: 300M
memoryReservation: 300M
image: nocodb/nocodb:0.301.3
networks: { backend: same, monitoring: same }
variables:
  nc_x: "1"
  NODE_OPTIONS: --max-old-space-size=400
caddy: { container: one }
postgresql: { container: one, role: postgres, superuser: "\${env:NOPE}" }
colour: red
`;
  const places = complaints(text).map((line) => line.slice(0, line.indexOf(": ")));
  expect(places).toEqual([
    "project",
    "ssh.user",
    "ssh.host",
    "ssh.port",
    "ssh.options.batchmode",
    "memoryReservation",
    "image",
    "networks.monitoring",
    "variables.nc_x",
    "variables.NODE_OPTIONS",
    "caddy.container",
    "postgresql.superuser",
    "postgresql.role",
    "colour",
  ]);
});

test("a section that is not a mapping does not hide the cross-field problems of other settings", () => {
  const over = { caddy: null, postgresql: 5, variables: [], memory: "300M", memoryReservation: "300M" };
  const places = complaints(environmentText(over)).map((line) => line.slice(0, line.indexOf(": ")));
  expect(places).toEqual(["caddy", "postgresql", "variables", "memoryReservation"]);
});

test.each(["constructor", "toString"])("the name %s is like any other", (name) => {
  const found = complaints(`${environmentText()}variables: { ${name}: x }\n${name}: 1\n`).join("\n");
  expect(found).toContain(`${name}: 1: is not a setting;`);
  expect(found).toContain(`variables.${name}: `);
  expect(found).not.toContain("function");
});
