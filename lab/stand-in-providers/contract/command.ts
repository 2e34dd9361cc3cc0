import { spawn } from "node:child_process";

export interface Ended {
  /** The exit code; -1 if the command could not be started or was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default standard input is empty */
  readonly input?: string;
}

/** Runs a command to its end, whatever its exit code. */
export function run([program, ...words]: readonly string[], { cwd, env, input }: Options = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program!, words, { cwd, env: { ...process.env, ...env } });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    const end = (code: number, why = "") =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() + why });
    child.stdout.on("data", (data: Buffer) => stdout.push(data));
    child.stderr.on("data", (data: Buffer) => stderr.push(data));
    child.stdin.on("error", () => {}); // a command need not read its input
    child.stdin.end(input);
    child.on("error", (error) => end(-1, error.message));
    child.on("close", (code) => end(code ?? -1));
  });
}

/** Runs a command that has to succeed; answers its standard output. */
export async function must(argv: readonly string[], options: Options = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) throw new Error(`${argv.join(" ")} failed:\n${stdout}\n${stderr}`);
  return stdout;
}
