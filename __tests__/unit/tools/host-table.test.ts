import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HOST_KINDS } from "../../../lab/host-kinds.js";
import { type HostResult, hostsIn, withHostTable } from "../../../tools/host-table.js";

const result = (title: string, more: Partial<HostResult> = {}): HostResult => ({
  ...{ title, engine: "26.1.5", postgresql: "17", caddy: "2.11.9", terraform: "1.11.4", passed: 8, failed: 0 },
  ...more,
});
const empty = "before\n<!-- hosts: written by npm run hosts -->\n<!-- /hosts -->\nafter\n";

test("a result gets a row, and replaces an earlier one of the same kind only", () => {
  const first = withHostTable(empty, [result("Debian 12"), result("Debian 13")]);
  const second = withHostTable(first, [result("Debian 12", { passed: 6, failed: 2 })]);
  expect(hostsIn(second)).toEqual(["Debian 12", "Debian 13"]);
  expect(second).toContain("| Debian 12 | 26.1.5 | 17 | 2.11.9 | 1.11.4 | 2 of 8 tests failed |\n");
  expect(second).toContain("| Debian 13 | 26.1.5 | 17 | 2.11.9 | 1.11.4 | 8 tests passed |\n");
  expect(second.startsWith("before\n") && second.endsWith("after\n")).toBe(true);
});

test("a README without the place for the table is an error", () => {
  expect(() => withHostTable("nothing\n", [result("Debian 12")])).toThrow("README.md has no lines");
});

test("the README has every kind of host, and no test failed on one", () => {
  const readme = readFileSync("README.md", "utf8");
  expect(hostsIn(readme)).toEqual(Object.values(HOST_KINDS).map(({ title }) => title));
  expect(readme).not.toMatch(/tests failed \|$/m);
});
