import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Failure, USAGE } from "../exit-codes.js";
import { synthesizeStack, terraform } from "../terraform.js";

/** A plan in both forms that Terraform shows. */
export interface MadePlan {
  /** As `terraform show -json` prints it. */
  readonly json: string;
  /** As `terraform show` prints it; undefined if there is only the JSON. */
  readonly raw?: string | undefined;
}

/** Plans a deploy, or a destroy. The plan's file is nobody else's, and is removed. */
export async function makePlan(name: string, isDestroy: boolean): Promise<MadePlan> {
  await synthesizeStack(name);
  await terraform(name, "terraform init", ["init", "-input=false", "-no-color"]);
  const folder = mkdtempSync(path.join(tmpdir(), "plan-"));
  try {
    const file = path.join(folder, "plan");
    const destroy = isDestroy ? ["-destroy"] : [];
    await terraform(name, `the plan of ${name}`, ["plan", "-input=false", "-no-color", `-out=${file}`, ...destroy]);
    return await shown(name, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Reads a plan from a file: the JSON of `terraform show -json`, or a file of `terraform plan -out`, which the stack
 * directory of the environment must be able to show.
 */
export async function planIn(file: string, name: string): Promise<MadePlan> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new Failure(
      `--plan ${file}: is not a file; name a file of terraform plan -out or terraform show -json`,
      USAGE,
    );
  const bytes = readFileSync(file);
  return bytes.subarray(0, 1).toString() === "{" ? { json: bytes.toString("utf8") } : shown(name, path.resolve(file));
}

async function shown(name: string, file: string): Promise<MadePlan> {
  const json = await terraform(name, "terraform show", ["show", "-json", "-no-color", file]);
  const raw = await terraform(name, "terraform show", ["show", "-no-color", file]);
  return { json, raw };
}
