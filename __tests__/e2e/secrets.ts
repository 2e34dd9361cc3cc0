import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Deployment } from "../../lab/deployment.js";

/** The secrets of a deployment, generated and given, and where they show. */
export class Secrets {
  private readonly traces = new Map<string, string>();

  /** Notes what the deployment has now: the passwords in its state, and what it was given. */
  async learn(deployment: Deployment): Promise<void> {
    for (const [name, value] of Object.entries(deployment.given)) this.note(`given ${name}`, value);
    const state = JSON.parse(await readFile(deployment.stateFile, "utf8")) as State;
    for (const { type, name, instances } of state.resources) {
      if (type === "random_password") this.note(`generated ${name}`, instances[0]!.attributes.result);
    }
  }

  /** A secret is known by its runs of letters and digits, which no quoting and no encoding changes. */
  note(name: string, value: string): void {
    for (const trace of value.match(/[A-Za-z0-9]{8,}/g) ?? []) this.traces.set(trace, name);
  }

  get count(): number {
    return new Set(this.traces.values()).size;
  }

  /** Names of the secrets that a text holds, whole or in part, also where it was broken into lines. */
  foundIn(text: string): string[] {
    const unbroken = text.replace(/\s+/g, "");
    const found = [...this.traces].filter(([trace]) => unbroken.includes(trace)).map(([, name]) => name);
    return [...new Set(found)];
  }

  /** One trace a line, for `grep -F -f -`. */
  get patterns(): string {
    return [...this.traces.keys()].map((trace) => `${trace}\n`).join("");
  }
}

interface State {
  readonly resources: { type: string; name: string; instances: { attributes: { result: string } }[] }[];
}

/** The files below a folder that others than its owner can read, given that they can reach the folder itself. */
export async function readableByOthers(folder: string): Promise<string[]> {
  const { mode } = await lstat(folder);
  if ((mode & 0o011) === 0) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const below = entries.map(async (entry): Promise<string[]> => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return readableByOthers(path);
    return entry.isFile() && ((await lstat(path)).mode & 0o044) !== 0 ? [path] : [];
  });
  return (await Promise.all(below)).flat();
}
