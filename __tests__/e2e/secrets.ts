import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Deployment } from "../../lab/deployment.js";

/** The secrets of a deployment, generated and given, to search for in texts. */
export class Secrets {
  private readonly traces = new Map<string, string>();

  /** Learns the deployment's current secrets: the passwords in its state, and the given ones. */
  async learn(deployment: Deployment): Promise<void> {
    for (const [name, value] of Object.entries(deployment.given)) this.note(`given ${name}`, value);
    const state = JSON.parse(await readFile(deployment.stateFile, "utf8")) as State;
    for (const { type, name, instances } of state.resources) {
      if (type === "random_password") this.note(`generated ${name}`, instances[0]!.attributes.result);
    }
  }

  /** A secret is recognized by its runs of letters and digits, which no quoting or encoding changes. */
  note(name: string, value: string): void {
    for (const trace of value.match(/[A-Za-z0-9]{8,}/g) ?? []) this.traces.set(trace, name);
  }

  get count(): number {
    return new Set(this.traces.values()).size;
  }

  /** Names of the secrets that a text contains, completely or in part, even if it is broken into lines. */
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

/** The files below a folder that users other than its owner can read, if they can reach the folder itself. */
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
