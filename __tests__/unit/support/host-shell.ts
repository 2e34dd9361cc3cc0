import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const scripts = fileURLToPath(new URL("../../../constructs/host/", import.meta.url));

/** A directory of the test's own, gone after the tests of the file. */
export function scratch(name: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), `${name}-`));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface Called {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds of processor time of all that it has called, whatever else the machine does. */
  readonly seconds: number;
}

/** Calls a shell function of host scripts, as `sh` does on a host. */
export function call(
  files: readonly string[],
  words: readonly string[],
  { input = "", first }: { input?: string; first?: string | undefined } = {},
): Called {
  const sources = ["common.sh", ...files].map((file) => `. "${scripts}${file}"`).join("; ");
  const program = `trap 'times >&2' EXIT; ${sources}; "$@"`;
  const PATH = first === undefined ? process.env.PATH : `${first}:${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", program, "sh", ...words], {
    input,
    encoding: "utf8",
    env: { ...process.env, PATH },
    maxBuffer: 1 << 26,
    timeout: 20_000,
  });
  const times = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$/.exec(stderr);
  const [, minutes, seconds, more, rest] = (times ?? []).map(Number);
  return {
    status,
    stdout,
    stderr: stderr.replace(/(\d+m[\d.]+s \d+m[\d.]+s\n){2}$/, ""),
    seconds: (minutes! + more!) * 60 + seconds! + rest!,
  };
}

/** Every awk that this machine has, by name: a directory in which it is called `awk`. */
export function awks(): [name: string, first: string][] {
  const names = ["mawk", "gawk", "original-awk", "busybox", "awk"];
  const found = new Map<string, string>();
  for (const name of names) {
    const file = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    // `awk` is most often one of those before it.
    if (file !== "" && !found.has(realpathSync(file))) found.set(realpathSync(file), name);
  }
  const directory = scratch("awk");
  return [...found].map(([file, name]) => {
    const first = mkdtempSync(path.join(directory, `${name}-`));
    symlinkSync(file, path.join(first, "awk"));
    return [name, first];
  });
}
