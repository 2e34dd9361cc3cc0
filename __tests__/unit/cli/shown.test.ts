import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runShown } from "../../../cli/shown.js";

let folder: string;
let said: { stdout: string; stderr: string };
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "shown-"));
  vi.stubEnv("CDKTF_OUTDIR", path.join(folder, "cdktf.out"));
  said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const run = (script: string, stdout?: "shown" | "kept") =>
  runShown({ what: "working on docker.example.com", argv: ["sh", "-c", script], ...(stdout && { stdout }) });
const lines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `${first + index}\n`).join("");

test("what it says is shown, and its output only if that is wanted", async () => {
  const script = "echo result; echo warning >&2; exit 3";
  expect(await run(script)).toEqual({ status: 3, stdout: "result\n" });
  expect(said).toEqual({ stdout: "", stderr: "warning\n" });
  await run(script, "shown");
  expect(said.stdout).toBe("result\n");
});

test("of a flood of words before a failure the first and the last lines are shown, and a file has all", async () => {
  expect((await run("seq 100 >&2; exit 1")).status).toBe(1);
  const [, shown, file] = /^([\s\S]*)All that was printed: (.*)\n$/.exec(said.stderr)!;
  expect(shown).toBe(`${lines(1, 15)}…\n${lines(86, 100)}`);
  expect(readFileSync(file!, "utf8")).toBe(lines(1, 100));
  expect(statSync(file!).mode & 0o777).toBe(0o600);
});

test("without a failure, nothing is left out", async () => {
  expect((await run("seq 100 >&2")).status).toBe(0);
  expect(said.stderr).toBe(lines(1, 100));
});

test("a command that is missing is named", async () => {
  await expect(runShown({ what: "x", argv: ["no-such-program"] })).rejects.toThrow(
    "no-such-program: cannot be started",
  );
});
