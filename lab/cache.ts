import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { run } from "./command.js";

/**
 * The lab's folder in the user's cache, outside of any clone. `parts/` holds finished files, whose names tell what they
 * were made from; `work/` holds unfinished ones.
 */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "nocodb-lab");
}

/** A short digest of contents: the same inputs give the same key in every clone. */
export function contentKey(inputs: Readonly<Record<string, string | Buffer>>): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(inputs).sort()) {
    const content = Buffer.from(inputs[name]!);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

/** The content of every file in a folder, by its path within it. */
export async function filesIn(folder: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    files[relative(folder, path)] = await readFile(path);
  }
  return files;
}

/**
 * A finished file of the cache, which is made if it is missing. `make` gets a folder to work in and returns the path of
 * the file it made. Only a complete file gets the final name, so an interrupted run leaves no file that looks complete.
 */
export async function cachedPart(file: string, make: (work: string) => Promise<string>): Promise<string> {
  const parts = join(cacheDirectory(), "parts");
  const final = join(parts, file);
  if (await exists(final)) return final;
  await mkdir(parts, { recursive: true });
  return inWorkFolder(async (work) => {
    await rename(await make(work), final);
    return final;
  });
}

/** Calls `work` with a fresh folder on the cache's file system, and removes the folder afterwards. */
export async function inWorkFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const parent = join(cacheDirectory(), "work");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, `${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    await removeWorkFolder(folder);
  }
}

/** Removes the work folders of processes that are gone. */
export async function sweepWorkFolders(): Promise<void> {
  const parent = join(cacheDirectory(), "work");
  for (const name of await readdir(parent).catch(() => [])) {
    if (!(await exists(`/proc/${Number.parseInt(name, 10)}`))) await removeWorkFolder(join(parent, name));
  }
}

/** An interrupted debootstrap leaves /proc mounted in the folder. A folder that cannot be removed waits for the next sweep. */
async function removeWorkFolder(folder: string): Promise<void> {
  const mounts = await readFile("/proc/self/mounts", "utf8").catch(() => "");
  for (const mount of mountsBelow(folder, mounts)) await run(["umount", "-l", mount]);
  await rm(folder, { recursive: true, force: true }).catch(() => {});
}

/** The mount points below a folder, the innermost first, from the text of /proc/self/mounts. */
export function mountsBelow(folder: string, mounts: string): string[] {
  return mounts
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((mount) => mount.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
