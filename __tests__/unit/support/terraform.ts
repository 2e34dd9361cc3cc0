import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Block, Synthesized } from "./scope.js";

/** The values that Terraform itself computes for templates. No provider is needed. */
export async function evaluate<Name extends string>(
  templates: Readonly<Record<Name, unknown>>,
): Promise<Record<Name, unknown>> {
  const output = Object.fromEntries(Object.entries(templates).map(([name, value]) => [name, { value }]));
  const directory = mkdtempSync(path.join(tmpdir(), "evaluated-"));
  try {
    await applyBlocks(directory, { output, locals: { found: {} } }, {});
    const shown = JSON.parse(await terraform(directory, ["output", "-json"]));
    return Object.fromEntries(Object.keys(templates).map((name) => [name, shown[name].value])) as Record<Name, unknown>;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Runs the provisioners of a stack, without a provider. A null_resource becomes Terraform's own terraform_data; the probe
 * has found nothing; an ephemeral password becomes an ephemeral variable.
 *
 * @param passwords by their names
 * @returns what Terraform printed
 */
export function apply(
  directory: string,
  { resource, ephemeral }: Pick<Synthesized, "resource" | "ephemeral">,
  passwords: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const steps = Object.entries(resource.null_resource!).map(([name, { triggers, provisioner }]) => [
    name,
    { triggers_replace: triggers, provisioner },
  ]);
  const variable = Object.fromEntries(
    Object.keys(ephemeral.random_password!).map((name) => [name, { type: "string", ephemeral: true, sensitive: true }]),
  );
  const blocks = { variable, resource: { terraform_data: Object.fromEntries(steps) }, locals: { found: {} } };
  const given = Object.fromEntries(Object.entries(passwords).map(([name, value]) => [`TF_VAR_${name}`, value]));
  return applyBlocks(directory, blocks, { ...env, ...given });
}

function applyBlocks(directory: string, blocks: Block, env: NodeJS.ProcessEnv): Promise<string> {
  const body = JSON.stringify(blocks)
    .replace(/ephemeral\.random_password\.(\w+)\.result/g, "var.$1")
    .replaceAll("data.external.host_probe.result", "local.found")
    .replaceAll("self.triggers.", "self.triggers_replace.")
    .replaceAll("null_resource.", "terraform_data.");
  writeFileSync(path.join(directory, "main.tf.json"), body);
  return terraform(directory, ["apply", "-auto-approve", "-input=false", "-no-color"], env);
}

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
