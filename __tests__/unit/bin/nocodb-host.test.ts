import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const SOURCES = [
  "bin",
  "cli",
  "constructs",
  "environments",
  "main.ts",
  "settings",
  "stacks",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/** A clone without packages, in a path with a blank, and an `npm ci` that links the packages of this one. */
let clone: string;
beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), "my clone-"));
  for (const each of SOURCES) cpSync(path.join(root, each), path.join(clone, each), { recursive: true });
  npm(`mkdir node_modules && ln -s "${root}node_modules"/* "${root}node_modules/.bin" node_modules/`);
});
afterEach(() => rmSync(clone, { recursive: true }));

function npm(text: string): void {
  mkdirSync(path.join(clone, "fake"), { recursive: true });
  writeFileSync(path.join(clone, "fake/npm"), `#!/bin/sh\n${text}\n`);
  chmodSync(path.join(clone, "fake/npm"), 0o755);
}

/** As npx runs it: through a link in some other folder. */
function nocodbHost(words: readonly string[], cwd = clone) {
  const link = path.join(clone, "fake/nocodb-host");
  rmSync(link, { force: true });
  symlinkSync(path.join(clone, "bin/nocodb-host.mjs"), link);
  const env = { ...process.env, PATH: `${path.join(clone, "fake")}:${process.env.PATH}` };
  return spawnSync(link, words, { cwd, env, encoding: "utf8" });
}

test("a fresh clone installs its packages first, then runs the verb", () => {
  const first = nocodbHost(["validate", "prod"]);
  expect(first.stderr).toMatch(/^packages: npm ci\npackages: installed in \d+ s\n$/);
  expect(first).toMatchObject({ status: 0, stdout: expect.stringMatching(/^prod: ok: .*\n$/) });
  expect(nocodbHost(["validate", "prod"])).toMatchObject({ status: 0, stderr: "" });
});

test("it finds the environments of its project from any folder", () => {
  expect(nocodbHost(["validate", "prod"], tmpdir())).toMatchObject({ status: 0 });
});

test("a change of a source counts at the next start", () => {
  expect(nocodbHost(["validate", "prod"]).stdout).toContain("prod: ok");
  const file = path.join(clone, "cli/validate.ts");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("ok: ", "fine: "));
  expect(nocodbHost(["validate", "prod"]).stdout).toContain("prod: fine");
});

test("a folder of packages that cannot be written to only makes it slower", () => {
  nocodbHost(["validate", "prod"]);
  rmSync(path.join(clone, "node_modules/.cache"), { recursive: true });
  writeFileSync(path.join(clone, "node_modules/.cache"), "no folder");
  expect(nocodbHost(["validate", "prod"])).toMatchObject({ status: 0, stderr: "" });
});

test("the exit code of the verb is passed on", () => {
  expect(nocodbHost(["drift"])).toMatchObject({ status: 64 });
});

test("a failing npm ci is exit code 1: npm's own codes mean something else here", () => {
  npm("exit 2");
  expect(nocodbHost(["validate"])).toMatchObject({ status: 1, stdout: "" });
});

test("a reader that stops early does not make the command fail", () => {
  const program = `"${path.join(clone, "bin/nocodb-host.mjs")}" --help | true`;
  nocodbHost(["validate"]);
  expect(spawnSync("sh", ["-c", program], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
});

test("packages that another clone uses, through a link, are not deleted", () => {
  const other = path.join(clone, "other");
  mkdirSync(other);
  symlinkSync(other, path.join(clone, "node_modules"));
  npm("touch npm-has-run");
  const { status, stderr } = nocodbHost(["validate"]);
  expect([status, stderr]).toEqual([
    1,
    `packages: ${path.join(clone, "node_modules")} is a link to other packages: remove the link\n`,
  ]);
  expect(existsSync(path.join(clone, "npm-has-run"))).toBe(false);
});
