/** The stack of one environment as Terraform gets it, for verbs that run without Terraform. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Environment } from "../settings/environment.js";
import { NocodbStack } from "../stacks/nocodb-stack.js";
import { synthesize } from "../stacks/synthesize.js";
import type { Input } from "./run-on-host.js";
import { runShown } from "./shown.js";

export interface Synthesized {
  /** The settings in a step's triggers, by the step's name. Neither secrets nor expressions are resolved. */
  readonly triggers: (step: string) => Input;
  /** Runs the probe as a plan does, with further input; its answer is not shown. @returns whether the host is ready */
  readonly isHostReady: (input: Input) => Promise<boolean>;
}

/** Synthesizes the environment into a folder that exists as long as `use` runs. */
export async function withSynthesized<T>(
  environment: Environment,
  use: (stack: Synthesized) => T | Promise<T>,
): Promise<T> {
  const outdir = synthesizedFolder(environment);
  try {
    return await use(read(environment, stackIn(outdir, environment)));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** A block of a stack by its address without the type, and the settings in it. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The JSON of an environment's stack. A type without a block is missing. */
export interface StackJson {
  readonly resource: Readonly<Record<string, Blocks>>;
  readonly data?: Readonly<Record<string, Blocks>>;
  readonly provider: Readonly<Record<string, readonly object[]>>;
  readonly terraform: { readonly backend?: object; readonly cloud?: object };
  readonly output: Readonly<Record<string, { readonly value: string }>>;
}

/** What Terraform gets for an environment. */
export function stackJson(environment: Environment): StackJson {
  const outdir = synthesizedFolder(environment);
  try {
    return jsonIn(stackIn(outdir, environment));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** @returns a new folder that holds the stacks */
function synthesizedFolder(environment: Environment): string {
  const outdir = mkdtempSync(path.join(tmpdir(), "stack-"));
  try {
    synthesize(outdir, (app) => void new NocodbStack(app, environment));
    return outdir;
  } catch (error) {
    rmSync(outdir, { recursive: true });
    throw error;
  }
}

const stackIn = (outdir: string, { name }: Environment) => path.join(outdir, "stacks", name);

const jsonIn = (folder: string) => JSON.parse(readFileSync(path.join(folder, "cdk.tf.json"), "utf8"));

function read({ ssh }: Environment, folder: string): Synthesized {
  const { data, resource } = jsonIn(folder);
  const [command, ...words]: string[] = data.external.host_probe.program;
  return {
    triggers: (step) => {
      const triggers: Input = resource.null_resource[step].triggers;
      return Object.fromEntries(Object.entries(triggers).map(([name, value]) => [name, plain(value)]));
    },
    isHostReady: async (input) => {
      const given = Object.fromEntries(Object.entries(input).map(([name, value]) => [`INPUT_${name}`, value]));
      const env = { ...process.env, ...given };
      const argv = [command!, ...words.map(plain)];
      return (await runShown({ what: `checking ${ssh.host}`, argv, cwd: folder, env })).status === 0;
    },
  };
}

/** A text as Terraform reads it, without the escapes that keep it from taking `${` for an expression. */
const plain = (text: string) => text.replaceAll(/([$%])\1(?=\{)/g, "$1");
