/** Runs host programs on the host of an environment, without Terraform. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { checkInput, ProgramFolder, program } from "../constructs/remote-host/program.js";
import { shellWord } from "../constructs/remote-host/shell-word.js";
import { sshAsRoot, sshOptions } from "../constructs/remote-host/ssh.js";
import type { Environment } from "../settings/environment.js";
import { placesOf } from "../settings/places.js";
import { Failure } from "./exit-codes.js";
import { runShown } from "./shown.js";

/** What a program expects, by name. It travels on standard input. */
export type Input = Readonly<Record<string, string>>;

/** A command on this machine or on the host, as `spawn` takes it. */
export interface HostCommand {
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program as root on the environment's host. What it prints goes to this terminal.
 *
 * @throws Failure without a message if it fails: it has printed why
 */
export async function runOnHost(environment: Environment, name: string, input: Input): Promise<void> {
  const { status } = await shownOnHost(environment, name, input, "shown");
  if (status !== 0) throw new Failure();
}

/** The same. @returns what it prints */
export async function readFromHost(environment: Environment, name: string, input: Input): Promise<string> {
  const { status, stdout } = await tryOnHost(environment, name, input);
  if (status !== 0) throw new Failure();
  return stdout;
}

/** The same, whatever its exit code is: 255 if the host cannot be reached. */
export function tryOnHost(environment: Environment, name: string, input: Input) {
  return shownOnHost(environment, name, input, "kept");
}

/** How a program ended that ran beside others. */
export interface Ended {
  /** Its exit code, 255 if the host could not be reached; undefined if it was stopped after the time limit. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The same for one of several hosts at once: nothing is printed, and a host that hangs ends by the limit.
 *
 * @param limit seconds
 */
export function askHost(environment: Environment, name: string, input: Input, limit: number): Promise<Ended> {
  const { argv, env } = programCommand(environment, name, input);
  return new Promise((resolve, reject) => {
    // A process group of its own, so that the limit ends ssh, too.
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ["ignore", "pipe", "pipe"], env, detached: true });
    child.on("error", reject);
    endWithThisProcess();
    const group = child.pid;
    if (group === undefined) return;
    groups.add(group);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      endGroup(group);
    }, limit * 1000);
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        said[stream] += text;
      });
    }
    child.on("close", (code) => {
      clearTimeout(timer);
      groups.delete(group);
      resolve({ status: isLate ? undefined : (code ?? 1), ...said });
    });
  });
}

/**
 * The same for a program that prints until it is stopped: what it prints goes to this terminal, and Ctrl-C ends it here;
 * the program ends with the connection.
 *
 * @returns its exit code
 */
export function followOnHost(environment: Environment, name: string, input: Input): Promise<number> {
  const { argv, env } = programCommand(environment, name, input);
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ["ignore", "inherit", "inherit"], env, detached: true });
    child.on("error", reject);
    endWithThisProcess();
    if (child.pid !== undefined) groups.add(child.pid);
    child.on("close", (code) => {
      groups.delete(child.pid!);
      resolve(code ?? 1);
    });
  });
}

/** The process groups that run now. */
const groups = new Set<number>();

/** Ctrl-C in a terminal does not reach other process groups. */
function endWithThisProcess(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    if (process.listeners(signal).includes(endAll)) continue;
    process.on(signal, endAll);
  }
}

function endAll(signal: NodeJS.Signals): void {
  for (const group of groups) endGroup(group);
  process.exit(128 + constants.signals[signal]);
}

function endGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {} // It has just ended.
}

function shownOnHost(environment: Environment, name: string, input: Input, stdout: "shown" | "kept") {
  return runShown({ what: `working on ${environment.ssh.host}`, ...programCommand(environment, name, input), stdout });
}

/** As in a plan: what this machine lacks is said before ssh fails for it. */
const CHECKED = 'sh "$0/preflight.sh" "$@" && exec sh "$0/run-remote.sh" "$@"';

/** The command that runs a program on the host. */
export function programCommand(environment: Environment, name: string, input: Input): HostCommand {
  const linked = program(name);
  checkInput(linked, Object.keys(input));
  const folder = folderWith(name, linked.text);
  const all = { records: placesOf(environment).recordsDirectory, ...input };
  const given = Object.entries(all).map(([variable, value]) => [`INPUT_${variable}`, value]);
  return {
    argv: ["sh", "-c", CHECKED, folder.path, name, "--", ...asRoot(environment, "sh -s")],
    env: { ...process.env, ...Object.fromEntries(given) },
  };
}

/** A folder with the program and the scripts that run it, made once. */
function folderWith(name: string, text: string): ProgramFolder {
  const known = folders.get(name);
  if (known) return known;
  const folder = new ProgramFolder();
  for (const local of ["preflight", "run-remote"]) {
    folder.write(local, readFileSync(new URL(`../constructs/remote-host/${local}.sh`, import.meta.url), "utf8"));
  }
  folder.write(name, text);
  folders.set(name, folder);
  return folder;
}

/** By the program's name. */
const folders = new Map<string, ProgramFolder>();

/** The command that unpacks a tar in a directory on the host, owned by root. */
export function unpackCommand(environment: Environment, directory: string): HostCommand {
  return { argv: asRoot(environment, `tar -C ${shellWord(directory)} --no-same-owner -xf -`) };
}

/** Over a connection of its own: the shared one belongs to the directory that Terraform runs in. */
function asRoot({ ssh }: Environment, command: string): string[] {
  return sshAsRoot(ssh, command, ["-o", "ControlPath=none", ...sshOptions(ssh)]);
}
