import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentText } from "../../support/environment-text.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "rotate-"));
  writeFileSync(path.join(directory, "prod.yaml"), environmentText());
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What stands in for npx says with what it was called. */
function rotate(words: readonly string[], more: Record<string, string> = {}) {
  writeFileSync(path.join(directory, "npx"), '#!/bin/sh\necho "$*, $TF_CLI_ARGS_apply"\n', { mode: 0o755 });
  const env = {
    ...process.env,
    NOCODB_ENVIRONMENTS: directory,
    CDKTF_OUTDIR: "",
    ...more,
    PATH: `${directory}:${process.env.PATH}`,
  };
  return spawnSync("node_modules/.bin/tsx", ["commands/rotate-password.ts", ...words], { encoding: "utf8", env });
}

test.each([
  ["database", "random_password.nocodb_database_password"],
  ["admin", "random_password.nocodb_admin_password"],
  ["jwt", "random_password.nocodb_jwt_secret"],
])("%s: a deploy that replaces the generated secret, with what else Terraform is told", (which, address) => {
  expect(rotate(["prod", which, "--yes"], { TF_CLI_ARGS_apply: "-parallelism=2" })).toMatchObject({
    status: 0,
    stdout: `--no-install cdktf deploy prod --auto-approve, -parallelism=2 -replace=${address}\n`,
  });
});

test("a secret that is given is refused, with what to do", () => {
  const { status, stdout, stderr } = rotate(["prod", "jwt", "--yes"], { TF_VAR_nocodb_jwt_secret: "given4711" });
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(
    "TF_VAR_nocodb_jwt_secret is given, so none is generated: give another value in it and deploy",
  );
  expect(stderr).not.toContain("given4711");
});

test("an environment that is switched off is refused", () => {
  writeFileSync(path.join(directory, "prod.yaml"), environmentText({ subdomain: "" }));
  expect(rotate(["prod", "jwt", "--yes"])).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("prod is switched off (subdomain is empty)"),
  });
});

test.each([[["prod"]], [["prod", "root"]], [["stage", "jwt"]], [["prod", "toString"]]])(
  "%j gets the usage and changes nothing",
  (words) => {
    expect(rotate(words)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("database|admin|jwt [--yes] (one of: prod)"),
    });
  },
);

test("without a terminal it changes nothing unless --yes says so", () => {
  expect(rotate(["prod", "jwt"])).toMatchObject({ status: 1, stdout: "" });
});
