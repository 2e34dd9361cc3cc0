/**
 * `npm run forget -- prod [--yes]`: empties the state of an environment whose host is gone for good, without a connection to
 * it: says what is lost, asks, and keeps a copy of the state. Afterwards a destroy finds nothing to do, and a deploy begins
 * anew on the host that the environment file names by then.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Environment } from "../settings/environment.js";
import { agreed } from "./agreed.js";
import { environmentNamed } from "./on-host.js";

const outdir = process.env.CDKTF_OUTDIR ?? "cdktf.out";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { yes: { type: "boolean" } }, allowPositionals: true });
  const environment = environmentNamed(positionals[0], "npm run forget -- ENVIRONMENT [--yes]");
  if (typeof environment === "string") {
    console.error(environment);
    return 2;
  }
  const folder = path.join(outdir, "stacks", environment.name);
  ran("npx", ["--no-install", "tsx", "main.ts"]);
  ran(terraform, ["init", "-input=false", "-no-color"], folder);
  const things = ran(terraform, ["state", "list"], folder).split("\n").filter(Boolean);
  if (things.length === 0) {
    console.log(`${environment.name}: its state is empty, so there is nothing to forget`);
    return 0;
  }
  console.log(whatIsLost(environment, things.length));
  if (!values.yes && !(await agreed(`Is ${environment.ssh.host} gone for good?`))) return 1;
  const state = ran(terraform, ["state", "pull"], folder);
  const copy = keepCopy(environment.name, state);
  // Outputs would go on making a destroy look at the host, so `state rm` is not enough.
  const { serial, ...rest } = JSON.parse(state) as { serial: number };
  const empty = { ...rest, serial: serial + 1, outputs: {}, resources: [], check_results: null };
  ran(terraform, ["state", "push", "-"], folder, JSON.stringify(empty));
  console.log(`forgotten: ${things.length} things. The state as it was, with the passwords: ${copy}`);
  console.log("To begin anew: correct ssh and the other settings in the environment file, and deploy.");
  return 0;
}

const terraform = process.env.TERRAFORM_BINARY_NAME || "terraform";

function whatIsLost({ name, ssh, backups }: Environment, count: number): string {
  return `${name}: its state knows ${count} things on ${ssh.user}@${ssh.host}:${ssh.port}. It forgets them; the host is not asked.
Lost with the host: database, data directory, the consumers' tokens, and the backups in ${backups.directory} that are nowhere else.
A new deploy makes new passwords; a TF_VAR_nocodb_connection_encrypt_key that was given is needed again to read a backup.
A host that comes back goes on serving, managed by no state.`;
}

/** @returns its path; beside the local state, its owner's alone */
function keepCopy(name: string, state: string): string {
  const folder = path.join(outdir, "..", "state");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const copy = path.join(folder, `${name}.tfstate.forgotten-${new Date().toISOString().replace(/:|\..*/g, "")}`);
  writeFileSync(copy, state, { mode: 0o600, flag: "wx" });
  return copy;
}

/** What a program prints; where it fails, that ends this one, with its own words on the terminal. */
function ran(program: string, words: readonly string[], cwd?: string, input = ""): string {
  const { status, stdout, error } = spawnSync(program, words, {
    ...(cwd && { cwd }),
    input,
    stdio: ["pipe", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return stdout;
  console.error(`${program} ${words[0]} failed, and nothing was forgotten${error ? `: ${error.message}` : ""}`);
  process.exit(1);
}

process.exitCode = await main();
