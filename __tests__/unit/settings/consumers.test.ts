import { describe, expect, test } from "vitest";
import { type Consumer, consumersWithDefaults } from "../../../settings/consumers.js";
import { checkEnvironment } from "../../../settings/read.js";
import { complaints, environmentText } from "../support/environment-text.js";

type Mapping = Record<string, unknown>;

/** The consumers of a valid file, as the stack gets them. */
function load(consumers: Mapping, over: Mapping = {}, env: NodeJS.ProcessEnv = {}): Consumer[] {
  const { settings, problems } = checkEnvironment("staging", environmentText({ consumers, ...over }), env);
  expect(problems).toEqual([]);
  const { project, baseDirectory = `/opt/${project}` } = settings!;
  return consumersWithDefaults(settings!.consumers, { project, baseDirectory });
}

const wrong = (consumers: unknown, over: Mapping = {}) => complaints(environmentText({ consumers, ...over }));

const acknowledged = { acknowledgements: { "consumer-with-super-admin": "It migrates every base until May." } };

describe("a consumer without settings", () => {
  test("sees no base, and finds address and token in a block of its env file", () => {
    expect(load({ openclaw: {} })).toEqual([
      {
        name: "openclaw",
        role: "viewer",
        bases: {},
        envFile: "/opt/acme/configs/openclaw/openclaw.env",
        ownFile: false,
        missingFile: "error",
        baseUrl: "internal",
        container: "acme_openclaw",
      },
    ]);
  });

  test("has its env file in the base directory that is set", () => {
    expect(load({ n8n: {} }, { baseDirectory: "/srv/shop" })[0]!.envFile).toBe("/srv/shop/configs/n8n/n8n.env");
  });

  test("with ownFile gets a second file beside its own, which is created", () => {
    expect(load({ n8n: { ownFile: true } })[0]).toMatchObject({
      envFile: "/opt/acme/configs/n8n/nocodb.env",
      missingFile: "create",
    });
  });
});

test("every setting of a consumer can be chosen", () => {
  const chosen = {
    role: "viewer",
    bases: { Production: "editor", "Années 2024": "commenter", "a.b": "creator", "2024": "viewer" },
    envFile: "/opt/acme/env/a.env",
    ownFile: true,
    missingFile: "create",
    baseUrl: "site",
    container: "claw",
    recreate: "cd /opt/acme && docker compose up -d --force-recreate 'claw'",
  };
  expect(load({ a: chosen })).toEqual([{ name: "a", ...chosen }]);
});

test("consumers are sorted by name, so that a plan does not change with the order of the file", () => {
  expect(load({ n8n: {}, a: {}, openclaw: {}, "a-1": {} }).map(({ name }) => name)).toEqual([
    "a",
    "a-1",
    "n8n",
    "openclaw",
  ]);
});

test("a consumer may have the super admin's token for a reason", () => {
  expect(load({ a: { role: "super-admin" } }, acknowledged)[0]!.role).toBe("super-admin");
});

test("values come from the process environment too, as the boolean that the setting needs", () => {
  const settings = { ownFile: "${env:OWN}", role: "${env:ROLE}", bases: { X: "${env:ROLE}" } };
  expect(load({ a: settings }, {}, { OWN: "true", ROLE: "viewer" })[0]).toMatchObject({
    ownFile: true,
    role: "viewer",
    bases: { X: "viewer" },
  });
});

test("a title is the written text, even if it looks like a number", () => {
  const text = `${environmentText()}consumers: { a: { bases: { 1.0: viewer, 0x10: editor, True: viewer } } }\n`;
  const { settings } = checkEnvironment("staging", text, {});
  expect(Object.keys(settings!.consumers.a!.bases)).toEqual(["1.0", "0x10", "True"]);
});

describe("the name of a consumer", () => {
  const form = "must be 1 to 40 of a-z, 0-9 and -, starting with a letter, without - at the end";
  const asOnHost = "name it as the host does, such as openclaw for <project>_openclaw";
  test.each([
    ["OpenClaw", "did you mean openclaw?"],
    ["open_claw", "did you mean open-claw?"],
    ["n8n-", "did you mean n8n?"],
    ["-n8n", "did you mean n8n?"],
    ["8n8", "did you mean n8?"],
    ["", asOnHost],
    ["ñ", asOnHost],
    ["a".repeat(41), asOnHost],
  ])("%j is refused", (name, remedy) => {
    const place = name === "" ? '""' : name;
    expect(wrong({ [name]: {} })).toEqual([`consumers.${place}: a mapping: ${form}; ${remedy}`]);
  });

  test.each(["a", "n8n", "open-claw-2", "a".repeat(40), "constructor"])("%s is valid", (name) => {
    expect(load({ [name]: {} })[0]!.container).toBe(`acme_${name}`);
  });

  test("that is invalid does not hide the problems below it", () => {
    expect(wrong({ "Open.Claw": { rol: "viewer" } })).toEqual([
      `consumers."Open.Claw": a mapping: ${form}; did you mean open-claw?`,
      `consumers."Open.Claw".rol: "viewer": is not a setting; did you mean role?`,
    ]);
  });

  test("that JavaScript reserves is not silently dropped", () => {
    expect(complaints(`${environmentText()}consumers: { __proto__: { role: viewer } }\n`)).toEqual([
      "consumers.__proto__: is not allowed as a name; choose another name, or remove it",
    ]);
  });
});

describe("consumers that are not mappings", () => {
  const mapping = "must be a mapping; write its settings below it, indented by two spaces";
  test.each<[unknown, string]>([
    [null, "consumers: null: has no value; give it one, or remove the line"],
    [[null], `consumers: a list: ${mapping}`],
    ["n8n", `consumers: "n8n": ${mapping}`],
    [{ n8n: null }, "consumers.n8n: null: has no value; write {} to use every default, or remove the line"],
    [{ n8n: ["role"] }, `consumers.n8n: a list: ${mapping}`],
    [{ n8n: true }, `consumers.n8n: true: ${mapping}`],
  ])("%j do not hide the cross-field problems of other settings", (consumers, complaint) => {
    const found = wrong(consumers, { memory: "300M", memoryReservation: "300M" });
    expect(found.sort()).toEqual([
      complaint,
      'memoryReservation: "300M": must be less than memory (300M); lower it, or raise memory',
    ]);
  });

  test("settings of the wrong type are reported once each, whatever they would be compared with", () => {
    const over = {
      project: ["acme"],
      baseDirectory: 5,
      caddy: { container: [], caddyfile: 5, sitesDirectory: {} },
      acknowledgements: [],
    };
    const a = { role: [], bases: [5], envFile: 5, ownFile: 1, missingFile: {}, baseUrl: 2, container: 7, recreate: 8 };
    const places = wrong({ a }, over).map((line) => line.slice(0, line.indexOf(": ")));
    expect(places.sort()).toEqual([
      "acknowledgements",
      "baseDirectory",
      "caddy.caddyfile",
      "caddy.container",
      "caddy.sitesDirectory",
      ...["baseUrl", "bases", "container", "envFile", "missingFile", "ownFile", "recreate", "role"].map(
        (key) => `consumers.a.${key}`,
      ),
      "project",
    ]);
  });
});
