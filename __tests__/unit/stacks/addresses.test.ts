import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Block, Synthesized } from "../support/scope.js";
import { environment, stackOf } from "../support/stack-of.js";

/** The expected addresses by the heading of their section. */
const sections = readFileSync(new URL("addresses.txt", import.meta.url), "utf8")
  .split(/^## /m)
  .slice(1)
  .map((section) => section.split("\n").filter((line) => line !== "" && !line.startsWith("#")))
  .map(([heading, ...addresses]) => [heading!, addresses] as const);
const golden = Object.fromEntries(sections);

function addresses(stack: Synthesized): string[] {
  const named = (prefix: string, blocks: Block = {}) => Object.keys(blocks).map((name) => `${prefix}${name}`);
  const typed = (prefix: string, types: Record<string, Block> = {}) =>
    Object.entries(types).flatMap(([type, blocks]) => named(`${prefix}${type}.`, blocks));
  return [...typed("", stack.resource), ...typed("data.", stack.data), ...named("output.", stack.output)].sort();
}

const always = golden.Always!;
const whileEnabled = golden["While NocoDB is enabled"]!;
const enabled = [...whileEnabled, ...golden["If NocoDB is a container"]!];

test.each([
  ["prod", [...golden["If backups are scheduled"]!, ...golden["If restore tests are scheduled"]!]],
  ["preprod", []],
  ["lab", []],
])("%s has exactly the listed addresses", (name, scheduled) => {
  const found = golden["If a network is found on the host"]!;
  expect(addresses(stackOf(environment(name)))).toEqual([...always, ...enabled, ...found, ...scheduled].sort());
});

test("alerts have an address of their own", () => {
  const alerts = { command: "notify", diskPercent: 90, certificateDays: 14 };
  expect(addresses(stackOf(environment("lab", { alerts })))).toEqual(
    expect.arrayContaining(golden["If alerts are sent"]!),
  );
});

test("copies of backups have an address of their own", () => {
  const { backups } = environment("lab");
  const copy = { repository: "/mnt/backup", keepDays: 90, secretsDirectory: "/opt/lab/configs/nocodb/copy-secrets" };
  expect(addresses(stackOf(environment("lab", { backups: { ...backups, copy } })))).toEqual(
    expect.arrayContaining(golden["If backups are copied"]!),
  );
});

test("a service of a cluster has addresses of its own in the place of the container's", () => {
  const { swarm } = environment("lab");
  const expected = [...always, ...whileEnabled, ...golden["If NocoDB is a service of a cluster"]!];
  expect(addresses(stackOf(environment("lab", { engine: "swarm", swarm: { ...swarm, node: "docker1" } })))).toEqual(
    [...expected, ...golden["If a network is found on the host"]!].sort(),
  );
});

test("a disabled NocoDB keeps those that are listed under Always", () => {
  expect(addresses(stackOf(environment("prod", { subdomain: "" })))).toEqual([...always].sort());
});

test("a created network has an address of its own", () => {
  const create = { internal: false };
  const networks = { backend: { name: "a", create }, frontend: { name: "b", create } };
  const created = golden["If a network is created"]!;
  expect(addresses(stackOf(environment("lab", { networks })))).toEqual([...always, ...enabled, ...created].sort());
});
