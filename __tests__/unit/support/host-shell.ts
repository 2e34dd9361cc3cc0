import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { link } from "../../../constructs/remote-host/link.mjs";
import { shellWord } from "../../../constructs/remote-host/shell-word.js";

const project = fileURLToPath(new URL("../../..", import.meta.url));

/** A directory of the test's own, removed after the tests of the file. */
export function scratch(name: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), `${name}-`));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A folder like the project's, for the linker: with all host scripts and nothing else. */
export function copyOfScripts(): string {
  const copy = scratch("scripts");
  for (const folder of ["constructs", "cli"]) {
    const filter = (file: string) => /\.(sh|cjs)$/.test(file) || statSync(file).isDirectory();
    cpSync(path.join(project, folder), path.join(copy, folder), { recursive: true, filter });
  }
  return copy;
}

/** Writes a host script into a folder of the linker's. */
export function writeScript(root: string, name: string, text: string): void {
  const file = path.join(root, "constructs", name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

export interface Called {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds of processor time of everything that it called, whatever else the machine does. */
  readonly seconds: number;
}

/** The functions of a library and of everything that it needs, as a program. */
export function library(file: string): string {
  const root = copyOfScripts();
  writeScript(root, "call.sh", `# Needs     ${file}\n\nmain </dev/null\n`);
  return link("call", root).text.replace(/main <\/dev\/null\n$/, "");
}

/** Calls a shell function of a library (the text that `library` returns), as `sh` does on a host. */
export function call(
  functions: string,
  words: readonly string[],
  { input = "", first }: { input?: string; first?: string | undefined } = {},
): Called {
  const program = `trap 'times >&2' EXIT\n${functions}"$@"`;
  const PATH = first === undefined ? process.env.PATH : `${first}:${process.env.PATH}`;
  // Linux takes no word of more than 128 KiB.
  const directory = mkdtempSync(path.join(tmpdir(), "call-"));
  const file = path.join(directory, "program.sh");
  writeFileSync(file, program);
  const { status, stdout, stderr } = spawnSync("sh", [file, ...words], {
    input,
    encoding: "utf8",
    env: { ...process.env, PATH },
    maxBuffer: 1 << 26,
    timeout: 20_000,
  });
  rmSync(directory, { recursive: true });
  const times = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$/.exec(stderr);
  const [, minutes, seconds, more, rest] = (times ?? []).map(Number);
  return {
    status,
    stdout,
    stderr: stderr.replace(/(\d+m[\d.]+s \d+m[\d.]+s\n){2}$/, ""),
    seconds: (minutes! + more!) * 60 + seconds! + rest!,
  };
}

/** Runs a program on this machine, as run-remote.sh runs it on a host. */
export function runHere(name: string, input: Readonly<Record<string, string>>): Omit<Called, "seconds"> {
  const assignments = Object.entries(input).map(([variable, value]) => `${variable}=${shellWord(value)}\n`);
  const text = assignments.join("") + link(name).text;
  const { status, stdout, stderr } = spawnSync("sh", ["-s"], { input: text, encoding: "utf8", timeout: 20_000 });
  return { status, stdout, stderr };
}

/** Every awk of this machine, by name, with a directory in which it is called `awk`. */
export function awks(): [name: string, first: string][] {
  const names = ["mawk", "gawk", "original-awk", "busybox", "awk"];
  const found = new Map<string, string>();
  for (const name of names) {
    const file = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    // `awk` is usually one of those before it.
    if (file !== "" && !found.has(realpathSync(file))) found.set(realpathSync(file), name);
  }
  const directory = scratch("awk");
  return [...found].map(([file, name]) => {
    const first = mkdtempSync(path.join(directory, `${name}-`));
    symlinkSync(file, path.join(first, "awk"));
    return [name, first];
  });
}
