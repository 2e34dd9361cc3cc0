import { spawn } from "node:child_process";
import { processEnv } from "./command.js";

/** A command that is still running, in its own process group, so that its children get signals too. */
export class Running {
  /** Its output so far, both streams. */
  said = "";
  /** Its exit code; -1 if it was killed. */
  readonly ended: Promise<number>;
  private readonly pid: number;
  private heard = () => {};

  constructor(argv: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    const [program, ...words] = argv;
    const child = spawn(program!, words, {
      cwd,
      env: { ...processEnv(), ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.pid = child.pid!;
    for (const output of [child.stdout, child.stderr]) {
      output.on("data", (data: Buffer) => {
        this.said += data.toString();
        this.heard();
      });
    }
    this.ended = new Promise((resolve) =>
      // Not "close": processes that it leaves running keep its outputs open.
      child.on("exit", (code) => resolve(code ?? -1)),
    );
  }

  /** Sends a signal to it and its children, except those in a session of their own (the shared SSH connection). */
  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It has already ended.
    }
  }

  /** Waits until `enough` accepts the output. @returns false if the command ended before */
  async until(enough: (said: string) => boolean): Promise<boolean> {
    const said = new Promise<boolean>((resolve) => {
      this.heard = () => enough(this.said) && resolve(true);
      this.heard();
    });
    return Promise.race([said, this.ended.then(() => false)]);
  }
}
