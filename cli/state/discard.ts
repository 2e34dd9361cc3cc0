import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { sshAddress } from "../../constructs/remote-host/ssh.js";
import type { Environment } from "../../settings/environment.js";
import { confirm } from "../confirm.js";
import { environmentNamed, outputDirectory } from "../environment-files.js";
import { Failure } from "../exit-codes.js";
import { synthesizeStack, terraform } from "../terraform.js";
import { addVerb, ENVIRONMENT, YES } from "../verb.js";

export function addStateDiscard(state: Command): void {
  addVerb(state, "discard", {
    summary: "Empty the state of a host that is gone for good",
    details:
      "Does not connect to the host. Says what is lost, asks, and keeps a copy of the state. Afterwards a destroy finds nothing to do, and a deploy starts over on the host that the environment file names by then.",
    examples: ["state discard prod", "state discard prod --yes"],
  })
    .argument(...ENVIRONMENT)
    .option(...YES)
    .action(discard);
}

async function discard(name: string, { yes }: { yes?: true }): Promise<void> {
  const environment = environmentNamed(name);
  const listed = await orUnchanged(async () => {
    await synthesizeStack(name);
    await terraform(name, "terraform init", ["init", "-input=false", "-no-color"]);
    return terraform(name, "reading the state", ["state", "list"]);
  });
  const resources = listed.split("\n").filter(Boolean);
  if (resources.length === 0) {
    console.log(`${name}: its state is empty, so there is nothing to discard`);
    return;
  }
  console.log(losses(environment, resources.length));
  await confirm(`Is ${environment.ssh.host} gone for good?`, yes);
  const text = await orUnchanged(() => terraform(name, "reading the state", ["state", "pull"]));
  const copy = keepCopy(name, text);
  // With outputs left in it, a destroy would still ask the host; so `state rm` is not enough.
  const { serial, ...rest } = JSON.parse(text) as { serial: number };
  const empty = { ...rest, serial: serial + 1, outputs: {}, resources: [], check_results: null };
  await orUnchanged(() => terraform(name, "emptying the state", ["state", "push", "-"], JSON.stringify(empty)));
  console.log(`discarded: ${resources.length} resources. The state as it was: ${copy}`);
  console.log("To start over: correct ssh and the other settings in the environment file, and deploy.");
}

function losses({ name, ssh, backups }: Environment, count: number): string {
  return `${name}: its state holds ${count} resources on ${sshAddress(ssh)}. All of them are discarded; the host is not asked.
Lost with the host: database, data directory, secrets, the consumers' tokens, and the backups in ${backups.directory} that are nowhere else.
A new deploy generates new secrets; a backup contains the key that its data needs.
If the host comes back, NocoDB still serves there, managed by no state.`;
}

/** @returns its path, beside the local states; only its owner can read it */
function keepCopy(name: string, text: string): string {
  const folder = path.join(outputDirectory(), "..", "state");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const copy = path.join(folder, `${name}.tfstate.discarded-${new Date().toISOString().replace(/:|\..*/g, "")}`);
  writeFileSync(copy, text, { mode: 0o600, flag: "wx" });
  return copy;
}

/** @throws Failure if the work fails: with its reason */
async function orUnchanged<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${error.message}\nNothing was discarded.`);
    throw error;
  }
}
