import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Facts, factsIn } from "./backup-facts.js";

/** The files of a backup. */
export const FILES = ["about", "database.dump", "data.tar"];

/** A command of this machine's or of the host's, as `spawn` takes it. */
export interface Command {
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Size in bytes and SHA-256 of each file: `<size> <sum>`, as describe-backup.sh prints it. */
export type Sums = Readonly<Record<string, string>>;

/** A backup in a directory of this machine: a folder of its name, 0700, with its files, 0600. */
export class BackupCopy {
  readonly name: string;

  constructor(readonly folder: string) {
    this.name = path.basename(path.resolve(folder));
  }

  async facts(): Promise<Facts> {
    return factsIn(await readFile(path.join(this.folder, "about"), "utf8"));
  }

  /** @throws where a file is missing */
  async sums(): Promise<Sums> {
    const sums: Record<string, string> = {};
    for (const file of FILES) {
      const at = path.join(this.folder, file);
      const hash = createHash("sha256");
      await pipeline(createReadStream(at), hash);
      sums[file] = `${(await stat(at)).size} ${hash.digest("hex")}`;
    }
    return sums;
  }

  /** What is wrong with it, by what its `about` says; undefined where nothing is. */
  async trouble(): Promise<string | undefined> {
    if (!/^\d{4}-\d\d-\d\dT\d{6}Z-[\w.-]+$/.test(this.name)) {
      return `${this.folder} does not have the name of a backup, <time>-<version>: give it its name back`;
    }
    const sums = await this.sums().catch((error: Error) => error.message);
    if (typeof sums === "string") return `${this.folder} is no backup: ${sums}`;
    const facts = await this.facts();
    const changed = FILES.find((file) => facts[file] !== undefined && facts[file] !== sums[file]?.split(" ")[1]);
    return (
      changed && `${path.join(this.folder, changed)} is not what was written when the backup was made: pull it again`
    );
  }
}

/** How many bytes sums are of. */
export function bytesOf(sums: Sums): number {
  return Object.values(sums).reduce((total, each) => total + Number(each.split(" ")[0]), 0);
}

/**
 * Takes a backup from where `from` writes it as a tar. Nothing is left in `directory` unless all of it has come.
 *
 * @throws with why not
 */
export async function takeCopy(directory: string, name: string, sums: Sums, from: Command): Promise<BackupCopy> {
  const unfinished = path.join(directory, `.unfinished-${name}`);
  const clean = () => rm(unfinished, { recursive: true, force: true });
  const interrupted = () => clean().finally(() => process.exit(130));
  await clean();
  process.once("SIGINT", interrupted);
  try {
    const unpack = ["-c", 'umask 077 && mkdir -- "$1" && exec tar -C "$1" --no-same-owner -xf -', "unpack", unfinished];
    await stream(from, { argv: ["sh", ...unpack] }, bytesOf(sums));
    const copy = new BackupCopy(path.join(unfinished, name));
    const got = await copy.sums();
    const wrong = FILES.find((file) => got[file] !== sums[file]);
    if (wrong) throw new Error(`${wrong} did not arrive as it is on the host (${got[wrong]}, not ${sums[wrong]})`);
    await chmod(copy.folder, 0o700);
    for (const file of FILES) await chmod(path.join(copy.folder, file), 0o600);
    await rename(copy.folder, path.join(directory, name));
    return new BackupCopy(path.join(directory, name));
  } finally {
    process.removeListener("SIGINT", interrupted);
    await clean();
  }
}

/** Runs two commands, the second with what the first prints; says how far it is. @throws where one of them fails */
export async function stream(from: Command, to: Command, bytes: number): Promise<void> {
  const run = ({ argv, env }: Command, input: "pipe" | "ignore", output: "pipe" | "inherit") =>
    spawn(argv[0]!, argv.slice(1), { stdio: [input, output, "inherit"], ...(env && { env }) });
  const source = run(from, "ignore", "pipe");
  const sink = run(to, "pipe", "inherit");
  pipeline(source.stdout!, progress(bytes), sink.stdin!).catch(() => undefined);
  // Both have ended before anyone tidies up behind them; what the second says is nearer to the cause.
  const [first, second] = await Promise.allSettled([ended(source, from), ended(sink, to)]);
  for (const each of [second, first]) if (each.status === "rejected") throw each.reason;
}

function ended(child: ReturnType<typeof spawn>, { argv }: Command): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`${argv[0]} ended with status ${code}`))));
  });
}

/** Passes all through, and says every other second how much it was; of what is done sooner, nothing. */
function progress(bytes: number): Transform {
  let passed = 0;
  let told = Date.now();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (Date.now() - told > 2000) {
        told = Date.now();
        console.error(`${Math.min(100, Math.floor((100 * passed) / Math.max(bytes, 1)))} % of ${megabytes(bytes)}`);
      }
      done(null, chunk);
    },
  });
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
