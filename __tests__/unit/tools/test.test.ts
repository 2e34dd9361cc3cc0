import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Counts } from "../../../tools/counts-reporter.js";

const TSX = path.resolve("node_modules/tsx/dist/loader.mjs");
const rootOnDebian = process.getuid?.() === 0 && existsSync("/etc/debian_version");

/** A clone in which every tool records its calls, and vitest sends counts. */
let clone: string;
const tool = (name: string, script: string) => {
  const file = path.join(clone, "node_modules/.bin", name);
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>"$CALLS"\n${script}\n`);
  chmodSync(file, 0o755);
};
const vitest = (counts: Counts | undefined, code = 0, before = ":") => {
  const send = counts ? `echo '${JSON.stringify(counts)}' >&$NODE_CHANNEL_FD` : ":";
  tool("vitest", `${before}\n${send}\nexit ${code}`);
};
const run = (words: string[] = [], env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", TSX, "tools/test.ts", ...words], {
    cwd: clone,
    encoding: "utf8",
    env: {
      // Nothing else on PATH, so that this machine's own programs make no difference.
      PATH: path.join(clone, "node_modules/.bin"),
      CALLS: path.join(clone, "calls"),
      ...env,
    },
  });
  const calls = spawnSync("cat", [path.join(clone, "calls")], { encoding: "utf8" }).stdout;
  return { status, last: stdout.trimEnd().split("\n").at(-1), stdout, stderr, calls };
};

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), "clone-"));
  mkdirSync(path.join(clone, "node_modules/.bin"), { recursive: true });
  cpSync("tools", path.join(clone, "tools"), { recursive: true });
  for (const name of ["cache", "command", "engine", "packages", "problem", "progress"])
    cpSync(`lab/${name}.ts`, path.join(clone, `lab/${name}.ts`));
  const linker = "constructs/remote-host/link.mjs";
  cpSync(linker, path.join(clone, linker));
  mkdirSync(path.join(clone, "cli"));
  cpSync("package.json", path.join(clone, "package.json"));
  for (const name of ["biome", "tsc", "typedoc", "shellcheck", "docker"]) tool(name, "exit 0");
  mkdirSync(path.join(clone, "__tests__/e2e/lifecycle"), { recursive: true });
  for (const name of ["one.test.ts", "lifecycle/two.test.ts", "lifecycle/deploy.ts"])
    writeFileSync(path.join(clone, "__tests__/e2e", name), "");
  vitest({ passed: 10, failed: 0, skipped: 1 });
  const git = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  symlinkSync(git, path.join(clone, "node_modules/.bin/git"));
  spawnSync("git", ["init", "-q", clone]);
  writeFileSync(path.join(clone, "a script.sh"), "");
  symlinkSync("nowhere", path.join(clone, "gone.sh"));
});
afterEach(() => rmSync(clone, { recursive: true }));

describe("npm test", () => {
  test("runs every step and every tier, and ends with one line of counts", () => {
    const { status, last, calls } = run();
    expect(last).toBe("36 passed, 0 failed, 3 skipped");
    expect(status).toBe(0);
    expect(calls).toContain("biome check .\ntsc --noEmit\ntypedoc --emit none\nshellcheck a script.sh\n");
    expect(calls).toMatch(
      /vitest run --project unit --reporter.*\n(.*\n)*vitest run --project integration --reporter.*\nvitest run --project e2e /,
    );
  });

  test("a failing step is shown and counted, and does not stop the rest", () => {
    tool("tsc", "echo main.ts is wrong; exit 2");
    const { status, last, stdout } = run();
    expect(stdout).toMatch(/types: FAILED \(.* s\)\nmain.ts is wrong\n/);
    expect(last).toBe("35 passed, 1 failed, 3 skipped");
    expect(status).toBe(1);
  });

  test("a finding in a host program is shown and counted", () => {
    writeFileSync(
      path.join(clone, "cli/list.sh"),
      '# Changes   nothing.\n\nmain() {\n  echo "$nmae"\n}\n\nmain </dev/null\n',
    );
    tool(
      "shellcheck",
      `echo '[{"file":"list.sh","line":5,"code":2154,"message":"nmae is referenced but not assigned."}]'`,
    );
    const { last, stdout } = run();
    expect(stdout).toContain(
      'programs: FAILED\n  list.sh: SC2154: nmae is referenced but not assigned.\n    echo "$nmae"\n',
    );
    expect(last).toBe("35 passed, 1 failed, 3 skipped");
  });

  test("failed tests fail it, and the table of faults is not checked", () => {
    vitest({ passed: 8, failed: 2, skipped: 0 }, 1);
    expect(run()).toMatchObject({ status: 1, last: "29 passed, 6 failed, 1 skipped" });
  });

  test.each([
    ["without counts", undefined, 0, 1],
    ["with counts and without a failed test", { passed: 5, failed: 0, skipped: 0 }, 5, 1],
  ])("a run that ends badly %s counts as a failure", (_, counts, passed, failed) => {
    vitest(counts, 1);
    expect(run(["unit"])).toMatchObject({ status: 1, last: `${passed} passed, ${failed} failed, 0 skipped` });
  });

  test("a fault that the tests record and docs/faults.md lacks fails it", () => {
    const record = `mkdir -p test-results; echo '{"cause":"x"}' >test-results/faults.jsonl`;
    vitest({ passed: 10, failed: 0, skipped: 1 }, 0, `PATH=/usr/bin:/bin\n${record}`);
    const { last, stdout } = run();
    expect(stdout).toContain("docs/faults.md: FAILED\n  lacks: x\n");
    expect(last).toBe("35 passed, 1 failed, 3 skipped");
  });

  test("a named tier runs alone, with the other words for vitest", () => {
    const { last, calls } = run(["unit", "-t", "a name"]);
    expect(last).toBe("10 passed, 0 failed, 1 skipped");
    expect(calls).toMatch(/^vitest run --project unit .* -t a name\n$/);
  });
});

describe("the tiers that need a host", () => {
  beforeEach(() => tool("docker", "echo Cannot connect to the Docker daemon >&2; exit 1"));

  test("are skipped without a Docker engine, with the reason and their number of files", () => {
    const { status, stdout, last } = run(["unit", "e2e"], { DOCKER_HOST: "unix:///nowhere" });
    expect(stdout).toContain(
      "e2e, 2 files: skipped, No Docker engine answers: Cannot connect to the Docker daemon. Install Docker Engine",
    );
    expect([status, last]).toEqual([0, "10 passed, 0 failed, 3 skipped"]);
  });

  test.runIf(rootOnDebian)("run as root on Debian, where the lab installs an engine", () => {
    expect(run(["e2e"]).last).toBe("10 passed, 0 failed, 1 skipped");
  });
});
