import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../../../settings/read.js";
import { complaints, environmentText } from "../../support/environment-text.js";

const start = "write `project: acme` and the other settings into it";

describe("YAML that is not an environment", () => {
  test.each([
    ["an empty file", "", `is empty; ${start}`],
    ["only comments", "# nothing\n", `is empty; ${start}`],
    ["a list", "- a\n", `is not a mapping; ${start}`],
    ["plain text", "acme\n", `is not a mapping; ${start}`],
    [
      "a syntax error",
      "project: [\n",
      "is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; fix this line or the one before it",
    ],
    ["two documents", "project: a\n---\nproject: b\n", "starts a second YAML document; keep one, without ---"],
    [
      "an unknown tag",
      "project: !ruby/object a\n",
      "is not valid YAML: Unresolved tag: !ruby/object; fix this line or the one before it",
    ],
    [
      "an alias",
      "project: &p acme\ndomain: *p\n",
      "*p: is a YAML alias, which tools that edit this file would not follow; write the value out",
    ],
  ])("%s", (_title, text, expected) => {
    expect(complaints(text)).toEqual([expected]);
  });

  test("a repeated setting does not hide the other problems", () => {
    const text = `${environmentText({ cpus: 0 })}project: other\n`;
    expect(complaints(text)).toEqual([
      "cpus: 0: must be between 0.01 and 256; set how many processors the container may use, such as 0.5",
      "project: appears twice; keep only one",
    ]);
  });
});

test("a setting that appears twice is reported by its path, at the line of the second", () => {
  const text = `${environmentText()}consumers:
  openclaw:
    role: creator
    bases: { X: editor, X: viewer }
  openclaw: {}
variables: { NC_X: a, "NC_X": b }
`;
  const found = checkEnvironment("staging", text, {}).problems.map(
    ({ line, path, message }) => `${line} ${path} ${message}`,
  );
  expect(found).toEqual([
    "9 consumers.openclaw.bases.X appears twice",
    "10 consumers.openclaw appears twice",
    "11 variables.NC_X appears twice",
  ]);
});

describe("values that are not what they look like", () => {
  test.each([
    ["a number in quotes", 'cpus: "1"', 'cpus: "1": must be a number; write a number without quotes'],
    ["text for a number", "cpus: many", 'cpus: "many": must be a number; write a number without quotes'],
    [
      "not a number",
      "cpus: .nan",
      "cpus: .nan: is a number that programs read differently; write NaN for the number, or put it in quotes",
    ],
    [
      "a leading zero",
      "postgresql: { port: 05432 }",
      "postgresql.port: 05432: is a number that programs read differently; write 5432 for the number, or put it in quotes",
    ],
    [
      "an octal number",
      "postgresql: { port: 0o17 }",
      "postgresql.port: 0o17: is a number that programs read differently; write 15 for the number, or put it in quotes",
    ],
    ["a number for text", "subdomain: 7", "subdomain: 7: must be text; put it in quotes"],
    ["a boolean for text", "subdomain: true", "subdomain: true: must be text; put it in quotes"],
    [
      "yes for true",
      "networks: { backend: { create: { internal: yes } } }",
      'networks.backend.create.internal: "yes": must be true or false; write true or false, without quotes',
    ],
    ["nothing", "subdomain:", "subdomain: null: has no value; give it one, or remove the line"],
    ["an empty section", "caddy:", "caddy: null: has no value; give it one, or remove the line"],
    [
      "an empty network",
      "networks: { monitoring: }",
      "networks.monitoring: null: has no value; write {} to use every default, or remove the line",
    ],
    [
      "text for a section",
      "caddy: acme_caddy",
      'caddy: "acme_caddy": must be a mapping; write its settings below it, indented by two spaces',
    ],
    [
      "a list for a mapping",
      "variables: [A=b]",
      "variables: a list: must be a mapping; write its settings below it, indented by two spaces",
    ],
    [
      "text for a list",
      "caddy: { snippets: vpn_only }",
      'caddy.snippets: "vpn_only": must be a list; write [a, b], or a line `- a` for each',
    ],
    ["a mapping for text", "image: { name: x }", "image: a mapping: must be text; put it in quotes"],
    [
      "a number for a network",
      "networks: { backend: 5 }",
      "networks.backend: 5: must be a name or a mapping; set it: Name of a Docker network, or a mapping. Default: <project>_<key>.",
    ],
    [
      "a number for a variable",
      "variables: { NC_LIMIT: 10 }",
      "variables.NC_LIMIT: 10: must be text; put it in quotes",
    ],
  ])("%s", (_title, line, expected) => {
    expect(complaints(`${environmentText()}${line}\n`)).toEqual([expected]);
  });
});

describe("${env:NAME} that cannot be replaced", () => {
  test.each([
    [
      "an unset variable",
      "${env:NOPE}",
      '"${env:NOPE}": NOPE is not set in the process environment; export NOPE, or write the value here',
    ],
    [
      "a form that is not replaced",
      "${HOME}/x",
      '"${HOME}/x": contains ${HOME}, which is not a reference; write ${env:HOME}',
    ],
    [
      "another spelling",
      "${ENV:HOME}",
      '"${ENV:HOME}": contains ${ENV:HOME}, which is not a reference; write ${env:HOME}',
    ],
    ["a missing brace", "${env:HOME", '"${env:HOME": contains ${env:HOME, which is not a reference; write ${env:HOME}'],
    ["no name", "${env:}", '"${env:}": contains ${env:}, which is not a reference; write ${env:NAME}'],
  ])("%s", (_title, value, expected) => {
    expect(complaints(environmentText({ baseDirectory: value }), { HOME: "/h" })).toEqual([
      `baseDirectory: ${expected}`,
    ]);
  });

  test("every unset variable of a value is named", () => {
    expect(complaints(environmentText({ baseDirectory: "/${env:A}/${env:B}" }))).toEqual([
      'baseDirectory: "/${env:A}/${env:B}": A is not set in the process environment; export A, or write the value here',
      'baseDirectory: "/${env:A}/${env:B}": B is not set in the process environment; export B, or write the value here',
    ]);
  });
});

describe("a value that may be secret is not repeated", () => {
  const secret = "Hush.Hush";
  test.each([
    ["subdomain", { subdomain: "${env:S}" }],
    ["domain", { domain: "http://${env:S}/" }],
    ["project", { project: "${env:S}" }],
    ["port", { ssh: { host: "h", user: "u", port: "${env:S}" } }],
    ["memory", { memory: "${env:S}" }],
    ["network", { networks: { backend: { create: { subnet: "${env:S}" } } } }],
    ["host", { ssh: { host: "a@${env:S}", user: "u" } }],
    ["unknown setting", { foo: "${env:S}" }],
    ["backend", { backend: { type: "${env:S}" } }],
    ["variable", { variables: { NC_X: "${env:S}\n" } }],
  ])("when it came from the process environment: %s", (_title, over) => {
    const found = complaints(environmentText(over), { S: secret });
    expect(found.length).toBeGreaterThan(0);
    expect(found.join("\n").toLowerCase()).not.toContain("hush");
    expect(found[0]).toContain("${env:S}");
  });

  test("when it is a variable of the container", () => {
    expect(complaints(environmentText({ variables: { NC_X: `${secret}\n` } }))).toEqual([
      "variables.NC_X: (not shown): contains a line break or another control character; write it on one line",
    ]);
  });

  test("and a long value is truncated", () => {
    expect(complaints(environmentText({ subdomain: "x".repeat(200) }))[0]).toMatch(
      /^subdomain: "x{59}…: is not a DNS label/,
    );
  });
});

test("a problem names the line of its setting, or of the section that lacks it", () => {
  const text =
    "project: acme\ndomain: example.com\nssh:\n  host: h\n  port: 0\ncaddy:\n  snippets:\n    - ok\n    - not ok\n";
  const found = checkEnvironment("staging", text, {}).problems.map(({ path, line }) => `${line} ${path}`);
  expect(found).toEqual(["3 ssh.user", "5 ssh.port", "9 caddy.snippets[1]"]);
});
