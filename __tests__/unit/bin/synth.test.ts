import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copySources, filesIn, root, synthIn } from "../support/working-copy.js";

let clone: string;
let expected: Record<string, string>;
beforeAll(() => {
  clone = path.join(mkdtempSync(path.join(tmpdir(), "synth-")), "my clone");
  copySources(clone);
  for (const each of ["bin", "package-lock.json"]) {
    cpSync(path.join(root, each), path.join(clone, each), { recursive: true });
  }
  mkdirSync(path.join(clone, "node_modules"));
  for (const each of readdirSync(path.join(root, "node_modules")).filter((name) => name !== ".cache")) {
    symlinkSync(path.join(root, "node_modules", each), path.join(clone, "node_modules", each));
  }
  expected = filesIn(synthIn(clone));
}, 60_000);
afterAll(() => rmSync(path.dirname(clone), { recursive: true, force: true }));

function synth() {
  const { CDKTF_OUTDIR: _, NOCODB_ENVIRONMENTS: __, ...env } = process.env;
  rmSync(path.join(clone, "cdktf.out"), { recursive: true, force: true });
  const { status, stderr } = spawnSync(process.execPath, ["bin/synth.mjs"], { cwd: clone, env, encoding: "utf8" });
  return { status, stderr, files: filesIn(path.join(clone, "cdktf.out")) };
}

test("the bundle writes what main.ts writes, at the first start and later", () => {
  for (const _ of ["first", "second"]) expect(synth()).toEqual({ status: 0, stderr: "", files: expected });
  expect(readdirSync(path.join(clone, "node_modules/.cache/nocodb-host"))).toHaveLength(1);
});

test("without a place for the bundle, main.ts itself runs", () => {
  rmSync(path.join(clone, "node_modules/.cache"), { recursive: true, force: true });
  writeFileSync(path.join(clone, "node_modules/.cache"), "no folder");
  expect(synth()).toEqual({ status: 0, stderr: "", files: expected });
});
