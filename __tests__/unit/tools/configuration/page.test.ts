/** docs/configuration.md: every setting, with what a change of it does. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settingPaths } from "../../../../settings/diagnostics/schema-paths.js";
import { environmentsOf, examples, refusal } from "../../../../tools/configuration/examples.js";
import { configurationPage } from "../../../../tools/configuration/page.js";

const page = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
const effectOf = (path: string) => page.split(`# \`${path}\`\n`)[1]?.match(/^- Change: \*\*(.*)\*\*$/m)?.[1];

test("docs/configuration.md is current (npm run schema)", () => {
  expect(page).toBe(configurationPage());
});

test("docs/configuration.md has every setting", () => {
  const headings = [...page.matchAll(/^###? `(.*)`$/gm)].map(([, path]) => path);
  expect(headings).toEqual([...new Set(settingPaths())]);
});

test.each([
  ["ssh.port", "nothing"],
  ["caddy.snippets", "in place"],
  ["memoryReservation", "in place"],
  ["secrets", "restart"],
  ["cpus", "replacement"],
  ["image", "replacement, data"],
  ["onDestroy.database", "data"],
])("a change of %s: %s", (path, effect) => {
  expect(effectOf(path)).toBe(effect);
});

const all = [...examples()];

test.each(all)("the example of %s changes the environment", (_, example) => {
  const [before, after] = environmentsOf(example);
  expect(after).not.toEqual(before);
});

test("an example that is invalid, and a refused value that is valid, are errors", () => {
  expect(() => environmentsOf({ path: ["ssh", "port"], example: 0 })).toThrow("ssh.port: 0: must be a whole number");
  expect(() => refusal({ path: ["ssh", "port"], example: 22 }, 2222)).toThrow("ssh.port: 2222 is not refused");
});
