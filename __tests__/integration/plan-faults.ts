import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";
import { PROBE } from "../../constructs/remote-host/probe.js";
import { type SshConnection, sshShell } from "../../constructs/remote-host/ssh.js";
import { run as command } from "../../lab/command.js";
import { Host } from "../e2e/host.js";
import { recordFault } from "../fault.js";
import { connection, instance, scratch } from "./host.js";

/** Seconds in which an operator is told. */
export const AT_ONCE = 15;

export const directory = scratch("trouble");
const host = new Host(instance);
const scripts = fileURLToPath(new URL("../../constructs/host", import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), "it-"));
afterAll(() => rmSync(cwd, { recursive: true }));

export interface Trouble {
  readonly cause: string;
  /** What the operator is told. */
  readonly seen: string | RegExp;
  readonly requirements?: readonly string[];
  /** Where the records are; none are there otherwise. */
  readonly manifest?: string;
  /** Causes it; what it answers takes it back. */
  readonly cause_it?: () => Promise<(() => unknown) | undefined>;
  /** How the host is reached. */
  readonly way?: () => readonly string[];
  /** In the place of the probe alone. */
  readonly probe?: readonly string[];
  readonly fake?: string;
}

/** The look that a plan begins with, as Terraform runs it. */
async function look({ requirements = ["docker"], manifest, way, probe = PROBE }: Trouble) {
  const begun = performance.now();
  const env = { INPUT_manifest: manifest ?? `${directory}/manifest`, INPUT_requirements: requirements.join("\n") };
  const argv = ["sh", join(scripts, "probe.sh"), ...probe, "--", ...(way?.() ?? sshShell(connection))];
  const outcome = await command(argv, { env, cwd, timeoutSeconds: 60 });
  return { ...outcome, seconds: (performance.now() - begun) / 1000 };
}

/** With a connection of its own: one that is shared would be open already, or stay open for the others. */
export const to = (other: Partial<SshConnection>) => {
  const [ssh, ...parameters] = sshShell({ ...connection, ...other });
  // Of an option that is given twice ssh takes the first.
  return [ssh!, "-o", "ControlPath=none", ...parameters];
};

/** The same host, with another command in the place of the shell. */
export const through = (shell: string) => [...sshShell(connection).slice(0, -1), shell];

/** It is told at once, by its cause, and nothing on the host is changed. @returns what was told */
export async function expectTold(trouble: Trouble): Promise<string> {
  const { cause, seen, fake } = trouble;
  const before = await host.everything();
  const undo = await trouble.cause_it?.();
  try {
    const { code, stdout, stderr, seconds } = await look(trouble);
    expect([code === 0, stdout]).toEqual([false, ""]);
    const words = typeof seen === "string" ? seen : seen.exec(stderr)?.[0];
    expect(stderr).toContain(words ?? seen);
    expect(seconds).toBeLessThan(AT_ONCE);
    await undo?.();
    expect(await host.everything()).toBe(before);
    const preserved = "all on the host: files, containers, networks, roles, databases";
    recordFault({ cause, command: "plan", seen: words!, seconds, preserved, ...(fake !== undefined && { fake }) });
    return stderr;
  } finally {
    await undo?.();
  }
}
