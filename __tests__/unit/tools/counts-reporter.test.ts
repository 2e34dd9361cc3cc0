import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const VITEST = path.resolve("node_modules/vitest/vitest.mjs");
const REPORTER = path.resolve("tools/counts-reporter.ts");

let project: string;
beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), "vitest-"));
  symlinkSync(path.resolve("node_modules"), path.join(project, "node_modules"));
});
afterEach(() => rmSync(project, { recursive: true }));

/** Runs vitest on files in a project of their own; answers the counts that the reporter sends. */
async function countsOf(files: Record<string, string>): Promise<unknown> {
  for (const [name, text] of Object.entries(files))
    writeFileSync(
      path.join(project, name),
      `import { beforeAll, afterAll, describe, expect, test } from "vitest";\n${text}`,
    );
  const run = fork(VITEST, ["run", `--reporter=${REPORTER}`], { cwd: project, silent: true });
  const [[counts]] = await Promise.all([once(run, "message"), once(run, "exit")]);
  return counts;
}

test("passed, failed and skipped tests are counted, in nested suites too", async () => {
  const counts = await countsOf({
    "a.test.ts": `
      test("passes", () => {});
      describe("nested", () => {
        test("passes", () => {});
        test("fails", () => expect(1).toBe(2));
        test.skip("is skipped", () => {});
        test.todo("is to do");
      });`,
  });
  expect(counts).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test("a file that cannot be loaded and a failed hook count as one failure each", async () => {
  const counts = await countsOf({
    "passes.test.ts": 'test("passes", () => {});',
    "cannot-be-loaded.test.ts": 'throw new Error("broken");',
    "before.test.ts":
      'describe("d", () => { beforeAll(() => { throw new Error("broken"); }); test("is skipped", () => {}); });',
    "after.test.ts": 'afterAll(() => { throw new Error("broken"); }); test("passes", () => {});',
  });
  expect(counts).toEqual({ passed: 2, failed: 3, skipped: 1 });
});
