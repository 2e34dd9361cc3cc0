import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { App } from "cdktf";
import { formatProblems, loadEnvironments } from "./settings/environment.js";
import { lacksOpenTofu } from "./stacks/encryption.js";
import { NocodbStack } from "./stacks/nocodb-stack.js";
import { settle } from "./stacks/settle.js";

// Folder of the environment files; tests bring their own.
const directory = process.env.NOCODB_ENVIRONMENTS ?? "environments";
const { environments, problems } = loadEnvironments(directory, process.env);
if (problems.length > 0) process.stderr.write(`${formatProblems(problems)}\n`);

for (const line of lacksOpenTofu(environments, process.env.TERRAFORM_BINARY_NAME)) process.stderr.write(`${line}\n`);

const outdir = process.env.CDKTF_OUTDIR ?? "cdktf.out";
mkdirSync(outdir, { recursive: true });
const app = new App({ outdir });
for (const environment of environments) new NocodbStack(app, environment);

// State and saved plans hold secrets, and Terraform writes both readable for everyone.
for (const folder of [app.outdir, path.join(app.outdir, "..", "state")]) {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
}
app.synth();
settle(app);
