import { spawn } from "node:child_process";
import { ownEnvironment } from "./command.js";

/** A command that is still at work, in a process group of its own: what it starts can be signalled with it. */
export class Running {
  /** All it has said so far, on both outputs. */
  said = "";
  /** Its exit status; -1 when it was killed. */
  readonly ended: Promise<number>;
  private readonly pid: number;
  private heard = () => {};

  constructor(argv: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    const [program, ...words] = argv;
    const environment = { ...ownEnvironment(), ...env };
    const child = spawn(program!, words, { cwd, env: environment, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.pid = child.pid!;
    for (const output of [child.stdout, child.stderr]) {
      output.on("data", (data: Buffer) => {
        this.said += data.toString();
        this.heard();
      });
    }
    this.ended = new Promise((resolve) =>
      // What it has left running keeps its outputs open, and is not waited for.
      child.on("exit", (code) => resolve(code ?? -1)),
    );
  }

  /** To it and all that it has started; what has its own session (the shared SSH connection) is spared. */
  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It has ended by itself.
    }
  }

  /** Waits until what it has said is enough. @returns false where it ended before */
  async until(enough: (said: string) => boolean): Promise<boolean> {
    const said = new Promise<boolean>((resolve) => {
      this.heard = () => enough(this.said) && resolve(true);
      this.heard();
    });
    return Promise.race([said, this.ended.then(() => false)]);
  }
}
