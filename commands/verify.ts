/**
 * `npm run verify -- prod`: the look at the host that a plan takes, without Terraform and over one connection. Changes nothing;
 * exits 0 where all is as the last deploy left it, 2 where not, 1 where it could not look.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import { NocodbStack } from "../stacks/nocodb-stack.js";
import { environmentNamed } from "./on-host.js";

function main(name: string | undefined): number {
  const environment = environmentNamed(name, "npm run verify -- ENVIRONMENT");
  if (typeof environment === "string") {
    console.error(environment);
    return 1;
  }
  const outdir = mkdtempSync(path.join(tmpdir(), "verify-"));
  try {
    const app = new App({ outdir });
    new NocodbStack(app, environment);
    app.synth();
    return look(path.join(outdir, "stacks", environment.name));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Runs the probe of a synthesized stack as Terraform would, and asks it to answer for people. */
function look(folder: string): number {
  const { data } = JSON.parse(readFileSync(path.join(folder, "cdk.tf.json"), "utf8"));
  const [program, ...words]: string[] = data.external.host_observed.program;
  const plain = words.map((word) => word.replaceAll(/([$%])\1(?=\{)/g, "$1"));
  const env = { ...process.env, INPUT_verify: "yes" };
  return spawnSync(program!, plain, { cwd: folder, stdio: "inherit", env }).status ?? 1;
}

process.exitCode = main(process.argv[2]);
