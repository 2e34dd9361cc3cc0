import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { keptBundle } from "./bundle.js";
import { link, type Program } from "./link.mjs";

export type { Program };

/** Inputs that run-remote.sh and the host add to every program. */
const ALWAYS = ["records", "from", "clock", "run"];

/** Each program is linked once: the sources do not change while this process runs. */
const programs = new Map<string, Program>();

/**
 * A program that runs on the host: a script and everything that it needs, in one text. See link.mjs.
 *
 * @param name path of the script under constructs/ or cli/, without `.sh`: `caddy-site/apply`
 */
export function program(name: string): Program {
  const linked = programs.get(name) ?? link(name, undefined, (file) => keptBundle(file));
  programs.set(name, linked);
  return linked;
}

/**
 * Compares the inputs that a program is given with those that its header expects.
 *
 * @throws for an input that none of its files knows, and for a missing one
 */
export function checkInput({ name, inputs, optional, known }: Program, given: readonly string[]): void {
  const unknown = given.filter((each) => !known.includes(each) && !ALWAYS.includes(each));
  if (unknown.length > 0) throw new Error(`${name}.sh does not expect ${unknown.join(", ")}`);
  const missing = inputs.filter((each) => ![...given, ...optional, ...ALWAYS].includes(each));
  if (missing.length > 0) throw new Error(`${name}.sh expects ${missing.join(", ")}, which it is not given`);
}

/** A temporary folder with programs, one file each; it exists until this process ends. */
export class ProgramFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), "programs-"));

  constructor() {
    folders.push(this.path);
  }

  /** Writes a file, in the folder of its construct. @returns its path below this folder */
  write(name: string, text: string): string {
    const file = `${name}.sh`;
    mkdirSync(path.dirname(path.join(this.path, file)), { recursive: true });
    writeFileSync(path.join(this.path, file), text);
    return file;
  }
}

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
