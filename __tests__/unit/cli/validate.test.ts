import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentText } from "../support/environment-text.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "check-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const check = () => spawnSync("node_modules/.bin/tsx", ["commands/check.ts", directory], { encoding: "utf8" });

test("exits with 0 and one line an environment when all are valid", () => {
  writeFileSync(path.join(directory, "prod.yaml"), environmentText());
  writeFileSync(path.join(directory, "staging.yaml"), environmentText({ subdomain: "" }));
  expect(check()).toMatchObject({
    status: 0,
    stderr: "",
    stdout:
      "prod: ok: https://noco.example.com, nocodb/nocodb:2026.09.0, 384M, project acme on deploy@docker.example.com:22\n" +
      "staging: ok: absent (empty subdomain), nocodb/nocodb:2026.09.0, 256M, project acme on deploy@docker.example.com:22\n",
  });
});

test("exits with 1 and every problem on stderr when one is wrong, and still says which are valid", () => {
  writeFileSync(path.join(directory, "prod.yaml"), environmentText({ cpus: 0, memory: "1M" }));
  writeFileSync(path.join(directory, "staging.yaml"), environmentText());
  const { status, stdout, stderr } = check();
  expect(status).toBe(1);
  expect(stdout).toMatch(/^staging: ok: .*\n$/);
  expect(stderr).toContain(`${path.relative(process.cwd(), directory)}/prod.yaml:6: cpus: 0: must be`);
  expect(stderr).toContain(`/prod.yaml:7: memory: "1M": must be`);
});

test("exits with 1 when there is no environment at all", () => {
  const { status, stderr } = check();
  expect(status).toBe(1);
  expect(stderr).toBe(`${directory}: holds no environment; add a file such as prod.yaml\n`);
});
