import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { formatProblems, loadEnvironments } from "./settings/environment.js";
import { NocodbStack } from "./stacks/nocodb-stack.js";
import { emptiedStates } from "./stacks/state-backend.js";
import { synthesize } from "./stacks/synthesize.js";

// Folder of the environment files; tests bring their own.
const directory = process.env.NOCODB_ENVIRONMENTS ?? "environments";
const outdir = process.env.CDKTF_OUTDIR ?? "cdktf.out";
const states = path.join(outdir, "..", "state");
const { environments, problems } = loadEnvironments(directory, process.env);
const emptied = emptiedStates(environments, states);
const found = [...problems, ...emptied];
if (found.length > 0) process.stderr.write(`${formatProblems(found)}\n`);

// State and saved plans show what is on the host, and Terraform writes both readable for everyone.
for (const folder of [outdir, states]) {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
}
const leftOut = new Set(emptied.map(({ environment }) => environment));
synthesize(outdir, (app) => {
  for (const environment of environments) if (!leftOut.has(environment.name)) new NocodbStack(app, environment);
});
