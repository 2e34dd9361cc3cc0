import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Duplex } from "node:stream";

const living = new Set<ChildProcessWithoutNullStreams>();
process.on("exit", () => {
  for (const child of living) child.kill();
});

/** How long to wait for the last output of an ssh that ended: a connection master in the background may hold the pipe. */
const LAST_OUTPUT_MS = 200;

/**
 * The arguments of ssh, in the order of the real provider (docker/cli's connhelper): user and port from the URL, then
 * the given options, a time limit unless they have one, no terminal.
 */
export function sshArguments(host: string, options: readonly string[]): string[] {
  const url = new URL(host);
  const limit = options.join("").includes("ConnectTimeout") ? [] : ["-o ConnectTimeout=30"];
  const noTerminal = options.includes("-T") ? [] : ["-T"];
  return [
    ...(url.username ? ["-l", decodeURIComponent(url.username)] : []),
    ...(url.port ? ["-p", url.port] : []),
    ...options,
    ...limit,
    ...noTerminal,
    "--",
    url.hostname.replace(/^\[|\]$/g, ""),
    "docker system dial-stdio",
  ];
}

/** A connection to the remote engine: standard input and output of `ssh … docker system dial-stdio`, as a socket. */
export class SshSocket extends Duplex {
  private readonly child: ChildProcessWithoutNullStreams;
  private errors = "";

  constructor(args: readonly string[]) {
    super({ allowHalfOpen: false });
    // In a session of its own, so that Ctrl-C in the terminal does not cut a request in two.
    const child = spawn("ssh", args, { detached: true, stdio: "pipe" });
    this.child = child;
    living.add(child);
    child.stdin.on("error", () => {});
    child.stdout.on("data", (chunk) => this.push(chunk) || child.stdout.pause());
    child.stderr.on("data", (chunk) => {
      this.errors += chunk;
    });
    child.on("error", (error) => this.destroy(error));
    child.on("exit", (code) => {
      living.delete(child);
      setTimeout(() => this.ended(code), code === 0 ? 0 : LAST_OUTPUT_MS);
    });
  }

  private ended(code: number | null): void {
    if (code === 0) {
      this.push(null);
      return;
    }
    const errors = this.errors.trim() || "it printed no error";
    this.destroy(new Error(`ssh ended with exit status ${code}: ${errors}`));
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  /** `ended` reports an ssh that has ended, with its error output; a broken pipe would say less. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.child.kill();
    done(error);
  }

  // Methods of a socket that node:http calls and a pipe does not have.
  setKeepAlive = () => this;
  setNoDelay = () => this;
  setTimeout = () => this;
  ref = () => this;
  unref = () => this;
}
