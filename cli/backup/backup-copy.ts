import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { chmod, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../exit-codes.js";
import type { HostCommand } from "../run-on-host.js";
import { type Metadata, metadataIn } from "./metadata.js";

/** The files of a backup. */
export const FILES = ["metadata", "database.dump", "data.tar", "secrets"];

/** Size in bytes and SHA-256 of each file: `<size> <sum>`, as backup/describe.sh prints it. */
export type Sums = Readonly<Record<string, string>>;

/** A backup on this machine: a directory of its name, 0700, with its files, 0600. */
export class BackupCopy {
  readonly name: string;

  constructor(readonly folder: string) {
    this.name = path.basename(path.resolve(folder));
  }

  async metadata(): Promise<Metadata> {
    return metadataIn(await readFile(path.join(this.folder, "metadata"), "utf8"));
  }

  /** @throws if a file is missing */
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

  /** @throws Failure if the directory does not exist */
  requireDirectory(): void {
    if (statSync(this.folder, { throwIfNoEntry: false })?.isDirectory()) return;
    throw new Failure(`${this.folder} is not a directory on this machine: name the copy that backup pull made`);
  }

  /** Compares it with its metadata. @throws Failure if it is not the backup that was made */
  async verify(): Promise<void> {
    if (!/^\d{4}-\d\d-\d\dT\d{6}Z-[\w.-]+$/.test(this.name)) {
      throw new Failure(`${this.folder} does not have the name of a backup, <time>-<version>: restore its name`);
    }
    const sums = await this.sums().catch((error: Error) => {
      throw new Failure(`${this.folder} is not a complete backup (${error.message}): pull it again`);
    });
    const metadata = await this.metadata();
    const changed = FILES.find((file) => metadata[file] !== undefined && metadata[file] !== sums[file]?.split(" ")[1]);
    if (changed === undefined) return;
    throw new Failure(`${path.join(this.folder, changed)} was changed after the backup was made: pull it again`);
  }
}

/** The size of all files together. */
export function bytesOf(sums: Sums): number {
  return Object.values(sums).reduce((total, each) => total + Number(each.split(" ")[0]), 0);
}

/**
 * Takes a backup from a command that writes it as a tar. Nothing stays in `directory` unless all of it has arrived.
 *
 * @throws Failure with the reason
 */
export async function takeCopy(directory: string, name: string, sums: Sums, from: HostCommand): Promise<BackupCopy> {
  const unfinished = path.join(directory, `.unfinished-${name}`);
  const clean = () => rm(unfinished, { recursive: true, force: true });
  const interrupted = () => clean().finally(() => process.exit(130));
  await clean();
  process.once("SIGINT", interrupted);
  try {
    const unpack = ["-c", 'umask 077 && mkdir -- "$1" && exec tar -C "$1" --no-same-owner -xf -', "unpack", unfinished];
    await stream(from, { argv: ["sh", ...unpack] }, bytesOf(sums));
    const copy = new BackupCopy(path.join(unfinished, name));
    const own = await copy.sums();
    const wrong = FILES.find((file) => own[file] !== sums[file]);
    if (wrong) throw new Failure(`${wrong} did not arrive as it is on the host: pull it again; nothing of it was kept`);
    await chmod(copy.folder, 0o700);
    for (const file of FILES) await chmod(path.join(copy.folder, file), 0o600);
    await rename(copy.folder, path.join(directory, name));
    return new BackupCopy(path.join(directory, name));
  } finally {
    process.removeListener("SIGINT", interrupted);
    await clean();
  }
}

/** Pipes one command into another and prints its progress. @throws Failure if one of them fails */
export async function stream(from: HostCommand, to: HostCommand, bytes: number): Promise<void> {
  const run = ({ argv, env }: HostCommand, input: "pipe" | "ignore", output: "pipe" | "inherit") =>
    spawn(argv[0]!, argv.slice(1), { stdio: [input, output, "inherit"], ...(env && { env }) });
  const source = run(from, "ignore", "pipe");
  const sink = run(to, "pipe", "inherit");
  pipeline(source.stdout!, progress(bytes), sink.stdin!).catch(() => undefined);
  // Both have ended before anyone tidies up after them; the second one's error is nearer to the cause.
  const [first, second] = await Promise.allSettled([ended(source, from), ended(sink, to)]);
  for (const each of [second, first]) if (each.status === "rejected") throw each.reason;
}

function ended(child: ReturnType<typeof spawn>, { argv }: HostCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Failure(`The backup did not arrive (${argv[0]} ended with exit code ${code}): try again`));
    });
  });
}

/** Passes everything through, and prints every other second how much it was; nothing if it takes less. */
function progress(bytes: number): Transform {
  let passed = 0;
  let printed = Date.now();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (Date.now() - printed > 2000) {
        printed = Date.now();
        console.error(`${Math.min(100, Math.floor((100 * passed) / Math.max(bytes, 1)))} % of ${megabytes(bytes)}`);
      }
      done(null, chunk);
    },
  });
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
