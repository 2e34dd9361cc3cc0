/** The stack of one environment as Terraform would get it, for commands that do without Terraform. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import type { Environment } from "../settings/environment.js";
import { NocodbStack } from "../stacks/nocodb-stack.js";

export interface Synthesized {
  /** What a step's script gets, by the step's name in the stack. Neither secrets nor expressions are resolved. */
  readonly input: (step: string) => Readonly<Record<string, string>>;
  /** Runs the probe as a plan does, with further input. @returns its exit status */
  readonly probe: (input: Readonly<Record<string, string>>, stdout: "inherit" | "ignore") => number;
}

/** Synthesizes the environment into a folder that is there as long as `use` runs. */
export function withSynthesized<T>(environment: Environment, use: (stack: Synthesized) => T): T {
  const outdir = mkdtempSync(path.join(tmpdir(), "stack-"));
  try {
    const app = new App({ outdir });
    new NocodbStack(app, environment);
    app.synth();
    return use(read(path.join(outdir, "stacks", environment.name)));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function read(folder: string): Synthesized {
  const { data, resource } = JSON.parse(readFileSync(path.join(folder, "cdk.tf.json"), "utf8"));
  const [program, ...words]: string[] = data.external.host_observed.program;
  return {
    input: (step) => {
      const triggers: Record<string, string> = resource.null_resource[step].triggers;
      return Object.fromEntries(Object.entries(triggers).map(([name, value]) => [name, plain(value)]));
    },
    probe: (input, stdout) => {
      const given = Object.fromEntries(Object.entries(input).map(([name, value]) => [`INPUT_${name}`, value]));
      const env = { ...process.env, ...given };
      return (
        spawnSync(program!, words.map(plain), { cwd: folder, stdio: ["inherit", stdout, "inherit"], env }).status ?? 1
      );
    },
  };
}

/** A text as Terraform reads it, without the signs that keep it from taking `${` for an expression. */
const plain = (text: string) => text.replaceAll(/([$%])\1(?=\{)/g, "$1");
