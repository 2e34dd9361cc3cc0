import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Block, Synthesized } from "./scope.js";

/** Values of Terraform variables, by name. */
export type Variables = Readonly<Record<string, string>>;

/**
 * The values that Terraform itself computes for templates of a stack. No provider is needed: the value of
 * `random_password.x` is `generated-x`. Conditions hold, provisioners do not run.
 *
 * @throws with Terraform's own message, for example about a variable that is refused
 */
export async function evaluate<Name extends string>(
  stack: Partial<Synthesized>,
  templates: Readonly<Record<Name, unknown>>,
  variables: Variables = {},
): Promise<Record<Name, unknown>> {
  const output = Object.fromEntries(
    Object.entries(templates).map(([name, value]) => [name, { value, sensitive: true }]),
  );
  const directory = mkdtempSync(path.join(tmpdir(), "evaluated-"));
  try {
    await apply(directory, { ...stack, output }, variables, { provisioners: false });
    const shown = JSON.parse(await terraform(directory, ["output", "-json"]));
    return Object.fromEntries(Object.keys(templates).map((name) => [name, shown[name].value])) as Record<Name, unknown>;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Applies what needs no provider in a stack, in a directory that may hold the state of the last run. A null_resource
 * becomes Terraform's own terraform_data, which runs provisioners and checks conditions in the same way; the probe has
 * found nothing.
 *
 * @returns what Terraform printed
 */
export async function apply(
  directory: string,
  stack: Partial<Synthesized>,
  variables: Variables = {},
  { provisioners = true, env = {} }: { provisioners?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const generated: Record<string, string> = {};
  const standIn = (text: string) =>
    text
      .replace(/random_password\.(\w+)\.result/g, (_, name: string) => {
        generated[`random_${name}`] = `generated-${name}`;
        return `local.random_${name}`;
      })
      .replaceAll("data.external.host_probe.result", "local.found")
      .replaceAll("self.triggers.", "self.triggers_replace.")
      .replaceAll("null_resource.", "terraform_data.");
  const blocks = {
    variable: stack.variable,
    output: stack.output,
    resource: { terraform_data: standIns(stack, provisioners) },
  };
  // Terraform refuses empty blocks.
  const filled = Object.entries(blocks).filter(([, block]) => Object.values(block ?? {}).some(isFilled));
  const body = JSON.parse(standIn(JSON.stringify({ ...Object.fromEntries(filled), locals: stack.locals ?? {} })));
  Object.assign(body.locals, generated, { found: {} });
  writeFileSync(path.join(directory, "main.tf.json"), JSON.stringify(body, null, 1));
  return terraform(directory, ["apply", "-auto-approve", "-input=false", "-no-color"], {
    ...env,
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
  });
}

/** Every resource with a provisioner or a condition, as a terraform_data. */
function standIns({ resource }: Partial<Synthesized>, provisioners: boolean): Record<string, Block> {
  const own = Object.entries(resource?.null_resource ?? {}).map(([name, { triggers, lifecycle, provisioner }]) => [
    name,
    { triggers_replace: triggers, ...(provisioners && { provisioner }), lifecycle: conditions(lifecycle) },
  ]);
  const generated = Object.entries(resource?.random_password ?? {}).map(([name, { lifecycle }]) => [
    `random_${name}`,
    { lifecycle: conditions(lifecycle) },
  ]);
  const all: [string, Block][] = [...own, ...generated] as [string, Block][];
  return Object.fromEntries(
    all.filter(([, { provisioner, lifecycle }]) => provisioner !== undefined || lifecycle !== undefined),
  );
}

function conditions(lifecycle: unknown): Block | undefined {
  const { precondition, postcondition, ignore_changes } = (lifecycle ?? {}) as Block;
  if (precondition === undefined && postcondition === undefined) return undefined;
  return { precondition, postcondition, ...(ignore_changes !== undefined && { ignore_changes: ["triggers_replace"] }) };
}

const isFilled = (block: object) => Object.keys(block).length > 0;

function terraform(directory: string, parameters: string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  // Neither the user's settings nor a mirror of providers may interfere.
  const home = path.join(directory, ".home");
  mkdirSync(home, { recursive: true });
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TF_"));
  const env = { ...Object.fromEntries(inherited), TF_CLI_CONFIG_FILE: "/dev/null", HOME: home, ...more };
  return new Promise((resolve, reject) => {
    const program = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
    execFile(program, parameters, { cwd: directory, env }, (error, stdout, stderr) => {
      // Terraform frames and wraps its errors; in one line they can be compared.
      const said = stderr.replaceAll(/[│╷╵]/g, " ").replaceAll(/\s+/g, " ").trim();
      if (error) reject(new Error(said || error.message));
      else resolve(stdout);
    });
  });
}
