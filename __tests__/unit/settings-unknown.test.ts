import { describe, expect, test } from "vitest";
import { didYouMean } from "../../settings/spelling.js";
import { complaints, environmentText, least } from "./environment-text.js";

describe("an unknown setting", () => {
  const known =
    "known here: project, domain, subdomain, ssh, baseDirectory, image, memory, memoryReservation, cpus, networks, postgresql, caddy, admin, consumers, environment, backups, onDestroy, acknowledgements, backend, stateEncryption";
  test.each([
    ["a slip of the keyboard", { subdomian: "noco" }, 'subdomian: "noco": is no setting; did you mean subdomain?'],
    ["another case", { baseDirectori: "/a" }, 'baseDirectori: "/a": is no setting; did you mean baseDirectory?'],
    [
      "snake case",
      { memory_reservation: "64M" },
      'memory_reservation: "64M": is no setting; did you mean memoryReservation?',
    ],
    [
      "a setting of a section",
      { identityFile: "/k" },
      'identityFile: "/k": is no setting; did you mean ssh.identityFile?',
    ],
    ["a word of its own", { zebra: 1 }, `zebra: 1: is no setting; ${known}`],
    [
      "inside a section",
      { ssh: { ...least.ssh, identity_file: "/k" } },
      'ssh.identity_file: "/k": is no setting; did you mean identityFile?',
    ],
    [
      "inside a mapping that could be a name",
      { networks: { backend: { created: true } } },
      "networks.backend.created: true: is no setting; did you mean create?",
    ],
    [
      "of the other kind of backend",
      { backend: { type: "local", organization: "acme" } },
      'backend.organization: "acme": is no setting; did you mean organization?',
    ],
  ])("%s", (_title, over, expected) => {
    expect(complaints(environmentText(over))).toEqual([expected]);
  });
});

test.each([
  ["prot", "port"],
  ["Port", "port"],
  ["hots", undefined],
  ["", undefined],
])("%j is taken for %s", (word, expected) => {
  expect(didYouMean(word, ["port", "identityFile"])).toBe(expected);
});

test("every problem of a file shows at once, also in nested settings and between settings", () => {
  const text = `project: Acme
domain: example.com
ssh:
  host: -h
  port: 0
  options: { batchmode: "no" }
memory: 300M
memoryReservation: 300M
image: nocodb/nocodb:0.301.3
networks: { backend: same, frontend: same }
environment:
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
    "networks.frontend",
    "environment.nc_x",
    "environment.NODE_OPTIONS",
    "caddy.container",
    "postgresql.superuser",
    "postgresql.role",
    "colour",
  ]);
});

test("a section that is no mapping does not hide what is wrong between other settings", () => {
  const over = { caddy: null, postgresql: 5, environment: [], memory: "300M", memoryReservation: "300M" };
  const places = complaints(environmentText(over)).map((line) => line.slice(0, line.indexOf(": ")));
  expect(places).toEqual(["caddy", "postgresql", "environment", "memoryReservation"]);
});

test.each(["constructor", "toString"])("the name %s is one like any other", (name) => {
  const found = complaints(`${environmentText()}environment: { ${name}: x }\n${name}: 1\n`).join("\n");
  expect(found).toContain(`${name}: 1: is no setting;`);
  expect(found).toContain(`environment.${name}: `);
  expect(found).not.toContain("function");
});
