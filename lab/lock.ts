import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "./cache.js";
import { programPath } from "./packages.js";
import type { Report } from "./progress.js";

/**
 * Takes the lock of that name on this machine, and waits for it if another process has it. The kernel keeps the lock
 * (flock) while a child process reads from this process's pipe, so it is released however this process ends. Without
 * flock (outside Linux) there is no lock.
 *
 * @returns a function that releases the lock
 */
export async function hold(name: string, report: Report): Promise<() => Promise<void>> {
  if (!(await programPath("flock"))) return async () => undefined;
  await mkdir(cacheDirectory(), { recursive: true });
  const file = join(cacheDirectory(), `${name}.lock`);
  const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  const waiting = setTimeout(() => report(`waiting for another run that holds the lock ${name}`), 1000);
  await new Promise<void>((resolve, reject) => {
    holder.once("error", reject);
    holder.once("close", (code) => reject(new Error(`flock ${file} ended with status ${code}`)));
    holder.stdout.once("data", () => resolve());
  }).finally(() => clearTimeout(waiting));
  return () => {
    holder.stdin.end();
    return ended;
  };
}

/** Runs `work` while this process has the lock of that name. */
export async function alone<T>(name: string, report: Report, work: () => Promise<T>): Promise<T> {
  const release = await hold(name, report);
  try {
    return await work();
  } finally {
    await release();
  }
}
