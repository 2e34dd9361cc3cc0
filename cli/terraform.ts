import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { outputDirectory, root } from "./environment-files.js";
import { FAILED, Failure } from "./exit-codes.js";
import { withProgress } from "./progress.js";
import { keepOutput, masked, reduced } from "./reduced.js";

/** A command on this machine whose output is for this program. */
export interface QuietCommand {
  /** What the operator is told that runs, such as `planning prod`. */
  readonly what: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Variables for it, beside those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Written to its standard input. @default nothing */
  readonly input?: string;
}

/** What a command printed. */
export interface Printed {
  readonly stdout: string;
  /** Standard output and error, in the order in which they came. */
  readonly all: string;
}

/**
 * Runs a command, with progress on the terminal.
 *
 * @throws Failure if it fails: with what matters of its output, and the name of the file that holds all of it
 */
export async function runQuietly(command: QuietCommand): Promise<Printed> {
  const { what, argv } = command;
  const { status, ...printed } = await withProgress(what, () => outcome(command));
  if (status === 0) return printed;
  const file = keepOutput(what.replaceAll(/\W+/g, "-"), `${argv.join(" ")}\n\n${printed.all}`);
  const reason = masked(reduced(printed.all));
  throw new Failure(`${reason && `${reason}\n`}${what} failed. All that was printed: ${file}`);
}

function outcome({ argv, cwd, env, input = "" }: QuietCommand): Promise<Printed & { status: number }> {
  const [program = "", ...words] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, env: { ...process.env, ...env } });
    // A command that ends before it has read everything says why itself.
    child.stdin.on("error", () => undefined).end(input);
    const said = { stdout: "", all: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said.stdout += text;
      said.all += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.all += text;
    });
    child.on("error", ({ message }) => reject(new Failure(`${program}: cannot be started (${message})`)));
    child.on("close", (status) => resolve({ status: status ?? FAILED, ...said }));
  });
}

/** The folder of an environment's stack. */
function stackDirectory(name: string): string {
  return path.join(outputDirectory(), "stacks", name);
}

/**
 * Writes the stacks, as cdktf does for every command.
 *
 * @throws Failure if that of the environment is left out: with the reason
 */
export async function synthesizeStack(name: string): Promise<void> {
  const stack = path.join(stackDirectory(name), "cdk.tf.json");
  // What an earlier command has left must not be taken for it.
  rmSync(stack, { force: true });
  const argv = [process.execPath, path.join(root, "bin", "synth.mjs")];
  const { all } = await runQuietly({ what: "synthesis", argv, cwd: root });
  if (!existsSync(stack)) throw new Failure(all.trim());
}

/** Runs Terraform, or OpenTofu, in the folder of a stack. @returns its standard output */
export async function terraform(name: string, what: string, words: readonly string[], input = ""): Promise<string> {
  const binary = process.env.TERRAFORM_BINARY_NAME || "terraform";
  const { stdout } = await runQuietly({ what, argv: [binary, ...words], cwd: stackDirectory(name), input });
  return stdout;
}
