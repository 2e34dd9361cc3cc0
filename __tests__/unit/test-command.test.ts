import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countReport, whyNotOnAHost } from "../../commands/test-counts.js";

const file = (...statuses: string[]) => ({
  status: statuses.includes("failed") ? "failed" : "passed",
  assertionResults: statuses.map((status) => ({ status })),
});
const report = (passed: number, failed: number, pending: number, testResults: object[] = []) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: 0,
    testResults,
  });

describe("counting", () => {
  test("takes the numbers of the report", () => {
    expect(countReport(report(5, 1, 2, [file("passed", "failed")]), 1)).toEqual({ passed: 5, failed: 1, skipped: 2 });
  });

  test("a file that could not be loaded is a failure", () => {
    const broken = { status: "failed", assertionResults: [] };
    expect(countReport(report(5, 0, 0, [file("passed"), broken]), 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  test("a file whose hook failed is a failure", () => {
    const skipped = { status: "failed", assertionResults: [{ status: "skipped" }] };
    expect(countReport(report(5, 0, 1, [skipped]), 1)).toEqual({ passed: 5, failed: 1, skipped: 1 });
  });

  test("a run that ended badly is a failure even when no test says so, or there is no report", () => {
    expect(countReport(report(5, 0, 0), 1).failed).toBe(1);
    expect(countReport(undefined, 1).failed).toBe(1);
  });
});

describe("the tiers that need a host", () => {
  const silent = { code: 1, output: "\nCannot connect to the Docker daemon\n" };
  test("run where an engine answers, and as root on Debian, where the lab installs one", () => {
    expect(whyNotOnAHost({ code: 0, output: "20.10" }, false)).toBeUndefined();
    expect(whyNotOnAHost(silent, true)).toBeUndefined();
  });

  test("are skipped elsewhere, with the reason", () => {
    expect(whyNotOnAHost(silent, false)).toBe(
      "no Docker engine answers (Cannot connect to the Docker daemon); start one, or run this as root on Debian with DOCKER_HOST unset",
    );
  });
});

describe("npm test", () => {
  let clone: string;
  const tool = (name: string, text: string) => {
    const place = path.join(clone, "node_modules/.bin", name);
    writeFileSync(place, `#!/bin/sh\necho "${name} $*" >>"$CALLS"\n${text}\n`);
    chmodSync(place, 0o755);
  };
  const vitest = (counts: string, code = 0, then = ":") =>
    tool(
      "vitest",
      `${then}; for each; do case $each in --outputFile.json=*) f=\${each#*=};; esac; done\necho '${counts}' >"$f"\nexit ${code}`,
    );
  const run = (...words: string[]) => {
    const { status, stdout } = spawnSync(
      path.resolve("node_modules/.bin/tsx"),
      [path.join(clone, "commands/test.ts"), ...words],
      {
        encoding: "utf8",
        env: {
          ...process.env,
          TERRAFORM_BINARY_NAME: "",
          PATH: `${clone}/node_modules/.bin:${process.env.PATH}`,
          CALLS: path.join(clone, "calls"),
        },
      },
    );
    const calls = spawnSync("cat", [path.join(clone, "calls")], { encoding: "utf8" }).stdout;
    return { status, last: stdout.trimEnd().split("\n").at(-1), stdout, calls };
  };

  beforeEach(() => {
    clone = mkdtempSync(path.join(tmpdir(), "clone-"));
    mkdirSync(path.join(clone, "node_modules/.bin"), { recursive: true });
    mkdirSync(path.join(clone, "commands"));
    for (const name of ["test.ts", "test-counts.ts", "fault-table.ts"])
      cpSync(`commands/${name}`, path.join(clone, "commands", name));
    cpSync("package.json", path.join(clone, "package.json"));
    for (const name of ["biome", "tsc", "shellcheck", "docker"]) tool(name, "exit 0");
    tool("tofu", "exit 127");
    mkdirSync(path.join(clone, "__tests__/e2e"), { recursive: true });
    for (const name of ["one.test.ts", "two.test.ts", "story.ts"])
      writeFileSync(path.join(clone, "__tests__/e2e", name), "");
    vitest(report(10, 0, 1));
    spawnSync("git", ["init", "-q", clone]);
    writeFileSync(path.join(clone, "a script.sh"), "");
    symlinkSync("nowhere", path.join(clone, "gone.sh"));
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  test("runs every step and every tier, and ends with one line of counts", () => {
    const { status, last, calls } = run();
    expect(last).toBe("23 passed, 0 failed, 5 skipped");
    expect(status).toBe(0);
    expect(calls).toContain("biome check .\ntsc --noEmit\n");
    expect(calls).toContain("shellcheck a script.sh\n");
    expect(calls).toMatch(
      /vitest run --project unit --reporter.*\n(.*\n)*vitest run --project integration --project e2e /,
    );
  });

  test("a failing step is shown, counted, and does not stop the rest", () => {
    tool("tsc", "echo main.ts is wrong; exit 2");
    const { status, last, stdout } = run();
    expect(stdout).toMatch(/types: FAILED \(.* s\)\nmain.ts is wrong\n/);
    expect(last).toBe("22 passed, 1 failed, 5 skipped");
    expect(status).toBe(1);
  });

  test("failing tests fail it", () => {
    vitest(report(8, 2, 0, [file("failed")]), 1);
    expect(run()).toMatchObject({ status: 1, last: "19 passed, 4 failed, 3 skipped" });
  });

  test("the end-to-end tests run with OpenTofu as well where it is there, else they count as skipped", () => {
    expect(run().stdout).toContain("e2e with OpenTofu, 2 files: skipped, there is no program tofu on PATH\n");
    vitest(report(10, 0, 1), 0, 'echo "with ${TERRAFORM_BINARY_NAME-}" >>"$CALLS"');
    tool("tofu", "echo OpenTofu v1.9.0");
    const { last, calls } = run();
    expect(last).toBe("33 passed, 0 failed, 4 skipped");
    expect(calls).toMatch(/vitest run --project e2e --reporter.*\nwith tofu\n$/);
  });

  test("a named tier runs alone, with the rest of the words for vitest", () => {
    const { last, calls } = run("unit", "-t", "a name");
    expect(last).toBe("10 passed, 0 failed, 1 skipped");
    expect(calls).toMatch(/^vitest run --project unit .* -t a name\n$/);
  });
});
