import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { link, programNames } from "../constructs/remote-host/link.mjs";
import { run } from "../lab/command.js";

/**
 * The scripts that shellcheck checks one by one, as paths from `root`: those that git knows or would add, but not those that are
 * linked into programs. None outside a clone.
 */
export async function shellcheckTargets(root: string): Promise<string[]> {
  const list = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.sh", ".ci/run"];
  const { code, stdout } = await run(list, { cwd: root });
  const files = code === 0 ? stdout.split("\0") : [];
  const linked = programNames(root).flatMap((name) => link(name, root).files);
  const isLinked = (file: string) => linked.some((each) => [`constructs/${each}`, `cli/${each}`].includes(file));
  return files.filter((file) => file !== "" && existsSync(path.join(root, file)) && !isLinked(file));
}

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly code: number;
  readonly message: string;
}

/**
 * - SC2119, SC2120 (nothing passes the arguments that a function reads): a function of a library may have options.
 * - SC2094 (a file is read and written): a function that reads a file also gets its path, to name it or to validate it.
 * - SC2329 (a function is never called; since shellcheck 0.10): a program contains whole libraries.
 */
const EXCLUDED = "SC2094,SC2119,SC2120,SC2329";
const UNUSED = 2034;

/**
 * Checks the programs as the host gets them, because a single script does not show where a variable is set or used: so a
 * misspelt variable is found. A variable that a program does not use is wrong only if no program with that line uses it.
 *
 * @returns the findings, each once, with one of the programs that have it
 */
export async function checkPrograms(root: string): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "programs-"));
  try {
    const programs = new Map(programNames(root).map((name) => [`${name}.sh`, linesOf(name, root)]));
    if (programs.size === 0) return [];
    for (const [file, lines] of programs) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), lines.join("\n"));
    }
    const options = ["--norc", "--shell=sh", "--format=json", `--exclude=${EXCLUDED}`];
    const { stdout, stderr } = await run(["shellcheck", ...options, ...programs.keys()], { cwd: folder });
    return stdout.startsWith("[") ? relevant(JSON.parse(stdout), programs) : [stderr];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A program behind assignments of its inputs, as run-remote.sh sends it. */
function linesOf(name: string, root: string): string[] {
  const { text, known } = link(name, root);
  return ["#!/bin/sh", ...known.map((input) => `${input}=$(cat)`), ...text.split("\n")];
}

function relevant(findings: Finding[], programs: Map<string, string[]>): string[] {
  const all = findings.map(({ file, line, code, message }) => {
    const text = programs.get(file)![line - 1]!.trim();
    return { file, code, text, said: `SC${code}: ${message}\n    ${text}` };
  });
  const isUsedElsewhere = ({ code, text, said }: (typeof all)[number]) => {
    if (code !== UNUSED) return false;
    const flagged = all.filter((each) => each.said === said).map(({ file }) => file);
    const having = [...programs].filter(([, lines]) => lines.some((line) => line.trim() === text));
    return having.some(([file]) => !flagged.includes(file));
  };
  const reported = all.filter((each) => !isUsedElsewhere(each)).map(({ file, said }) => [said, file] as const);
  return [...new Map(reported)].map(([said, file]) => `${file}: ${said}`);
}
