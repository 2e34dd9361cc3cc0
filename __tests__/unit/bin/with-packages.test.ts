import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

/** A clone without packages, and an npm that records each call and installs one tool. */
let clone: string;
let env: NodeJS.ProcessEnv;

const script = (file: string, text: string) => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
};
const tool = 'echo "tool $*"; exit "${TOOL_EXIT:-0}"';
const npm = (text: string) => script(path.join(clone, "fake/npm"), `echo "npm $*" >>"$NPM_CALLS"\n${text}`);
const installing = `rm -rf node_modules; mkdir -p node_modules/.bin
printf '#!/bin/sh\\n%s\\n' '${tool}' >node_modules/.bin/tool; chmod +x node_modules/.bin/tool`;

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), "my clöne-"));
  env = { ...process.env, PATH: `${clone}/fake:${process.env.PATH}`, NPM_CALLS: path.join(clone, "calls") };
  mkdirSync(path.join(clone, "bin"));
  for (const name of ["packages.mjs", "with-packages.mjs"]) copyFileSync(`bin/${name}`, path.join(clone, "bin", name));
  writeFileSync(path.join(clone, "package-lock.json"), "one");
  npm(installing);
});
afterEach(() => rmSync(clone, { recursive: true }));

const calls = () => (existsSync(env.NPM_CALLS!) ? readFileSync(env.NPM_CALLS!, "utf8").trim().split("\n").length : 0);
const parameters = (words: string[]) => [path.join(clone, "bin/with-packages.mjs"), ...words];
const run = (...words: string[]) => spawnSync(process.execPath, parameters(words), { env, encoding: "utf8" });
const start = (...words: string[]) => spawn(process.execPath, parameters(words), { env, stdio: "pipe" });
const exit = async (child: ChildProcess) => (await once(child, "exit"))[0];

test("a fresh clone gets its packages, then the tool runs with its arguments", () => {
  const { status, stdout, stderr } = run("tool", "a b", "--c");
  expect(stdout).toBe("tool a b --c\n");
  expect(stderr).toMatch(/^packages: npm ci\npackages: installed in \d+ s\n$/);
  expect(status).toBe(0);
  expect(readFileSync(env.NPM_CALLS!, "utf8")).toBe("npm ci --include=dev --include=optional --no-audit --no-fund\n");
});

test("packages that match the lock file are left alone, without a message", () => {
  run("tool");
  expect(run("tool")).toMatchObject({ status: 0, stderr: "" });
  expect(calls()).toBe(1);
});

test("a changed lock file installs again", () => {
  run("tool");
  writeFileSync(path.join(clone, "package-lock.json"), "two");
  run("tool");
  expect(calls()).toBe(2);
});

test("node_modules without the stamp of a complete install is not trusted", () => {
  script(path.join(clone, "node_modules/.bin/tool"), "echo half");
  expect(run("tool").stdout).toBe("tool \n");
  expect(calls()).toBe(1);
});

test("an interrupted install is repeated, even over packages that were complete before", () => {
  run("tool");
  writeFileSync(path.join(clone, "package-lock.json"), "two");
  npm("kill -KILL $$");
  expect(run("tool").status).toBe(137);
  writeFileSync(path.join(clone, "package-lock.json"), "one");
  npm(installing);
  expect(run("tool").status).toBe(0);
  expect(calls()).toBe(3);
});

test("a failing npm ci shows its last lines, and the tool does not run", () => {
  npm("seq 1 100; echo broken >&2; exit 7");
  const { status, stdout, stderr } = run("tool");
  expect(status).toBe(7);
  expect(stdout).toBe("");
  expect(stderr.split("\n")[1]).toBe("82");
  expect(stderr).toMatch(
    /100\nbroken\npackages: npm ci failed with exit code 7; fix the problem above and run the command again\n$/,
  );
});

test("the exit code of the tool is passed on", () => {
  env.TOOL_EXIT = "42";
  expect(run("tool").status).toBe(42);
});

test("a signal reaches the tool, which decides how it ends", async () => {
  run("tool");
  script(path.join(clone, "node_modules/.bin/slow"), "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done");
  const child = start("slow");
  await once(child.stdout!, "data");
  child.kill("SIGTERM");
  expect(await exit(child)).toBe(9);
});

test("commands that start together install once", async () => {
  npm(`sleep 1; ${installing}`);
  expect(await Promise.all([start("tool"), start("tool"), start("tool")].map(exit))).toEqual([0, 0, 0]);
  expect(calls()).toBe(1);
});

test("a command that was killed while installing does not block the next one", async () => {
  npm("sleep 5");
  const child = start("tool");
  await once(child.stderr!, "data");
  child.kill("SIGKILL");
  await exit(child);
  npm(installing);
  expect(run("tool").status).toBe(0);
});

test("a missing tool is named", () => {
  const { status, stderr } = run("nothing");
  expect(status).toBe(127);
  expect(stderr).toContain("node_modules/.bin/nothing is missing; install it or add it to PATH\n");
});

test("a missing npm is named", () => {
  env.PATH = "/nowhere";
  const { status, stderr } = run("tool");
  expect(status).toBe(127);
  expect(stderr).toContain("\nnpm is missing; install it or add it to PATH\n");
});

test("without a tool it prints its usage", () => {
  expect(run()).toMatchObject({ status: 2, stderr: "usage: node bin/with-packages.mjs TOOL [ARGUMENT…]\n" });
});
