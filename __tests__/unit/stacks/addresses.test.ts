import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Block, Synthesized } from "../support/scope.js";
import { environment, stackOf } from "../support/stack-of.js";

/** The golden list by section; the headings are the sections' comments. */
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
  return [
    ...typed("", stack.resource),
    ...typed("data.", stack.data),
    ...named("var.", stack.variable),
    ...named("output.", stack.output),
  ].sort();
}

const always = golden.Always!;
const serving = golden["While NocoDB is served"]!;

test.each([
  ["prod", golden["Where backups are made by schedule"]!],
  ["preprod", []],
  ["lab", []],
])("%s has exactly the addresses of the list", (name, scheduled) => {
  const found = golden["Where a network is found on the host"]!;
  expect(addresses(stackOf(environment(name)))).toEqual([...always, ...serving, ...found, ...scheduled].sort());
});

test("an absent NocoDB keeps what the list says", () => {
  expect(addresses(stackOf(environment("prod", { subdomain: "" })))).toEqual([...always].sort());
});

test("a network that is created has an address of its own", () => {
  const create = { internal: false };
  const networks = { backend: { name: "a", create }, frontend: { name: "b", create } };
  const created = golden["Where a network is created"]!;
  expect(addresses(stackOf(environment("lab", { networks })))).toEqual([...always, ...serving, ...created].sort());
});
