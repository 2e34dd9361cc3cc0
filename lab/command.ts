import { spawn } from "node:child_process";

export interface CommandOptions {
  /** Written to standard input. @default standard input is empty */
  readonly input?: string | Buffer;
  /** Added to the env of this process; the place for secrets, which never go into argv. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** After this many seconds the command is killed and counts as failed. @default no limit */
  readonly timeoutSeconds?: number;
}

export interface Outcome {
  /** The exit code; -1 if the command could not be started, was killed or timed out. */
  readonly code: number;
  readonly stdout: string;
  /** The standard error of the command, or why it could not run. */
  readonly stderr: string;
}

/** A command that failed. The message holds the last lines of its output. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";

  constructor(
    readonly argv: readonly string[],
    readonly outcome: Outcome,
  ) {
    super(
      `${argv.slice(0, 4).join(" ")}: ${lastLines(outcome.stderr || outcome.stdout, 15) || `status ${outcome.code}`}`,
    );
  }
}

/** The last lines of a text that are not blank. */
export function lastLines(text: string, count: number): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-count).join("\n");
}

/** The env of this process, with the folders of root's programs on PATH: not every root has them there. */
export function processEnv(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };
}

/** Runs a command, whatever its exit code. It never throws. */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const [program, ...rest] = argv;
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const child = spawn(program!, rest, {
      cwd: options.cwd,
      env: { ...processEnv(), ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const said = (code: number, why = "") => ({
      code,
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString() + why,
    });
    const limit = options.timeoutSeconds;
    const timer = limit && setTimeout(() => end(said(-1, `no answer within ${limit} s`), true), limit * 1000);
    const end = (outcome: Outcome, kill = false) => {
      clearTimeout(timer || undefined);
      if (kill) child.kill("SIGKILL");
      resolve(outcome);
    };
    child.stdout!.on("data", (data: Buffer) => stdout.push(data));
    child.stderr!.on("data", (data: Buffer) => stderr.push(data));
    child.on("error", (error) => end(said(-1, error.message)));
    child.on("close", (code, signal) => end(said(code ?? -1, signal ? `ended by ${signal}` : "")));
    child.stdin?.on("error", () => {}); // a command that ends without reading all of its input says so by its status
    child.stdin?.end(options.input);
  });
}

/** Runs a command and returns its standard output, trimmed. @throws CommandFailed */
export async function must(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const outcome = await run(argv, options);
  if (outcome.code !== 0) throw new CommandFailed(argv, outcome);
  return outcome.stdout.trim();
}
