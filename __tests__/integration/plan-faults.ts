import { expect } from "vitest";
import { type SshConnection, sshShell } from "../../constructs/remote-host/ssh.js";
import { Host } from "../e2e/host.js";
import { recordFault } from "../fault.js";
import { connection, instance, run, scratch } from "./host.js";

/** Seconds within which an operator sees the cause. */
export const AT_ONCE = 15;

export const directory = scratch("plan_faults");
const host = new Host(instance);

export interface PlanFault {
  readonly cause: string;
  /** What the operator sees. */
  readonly seen: string | RegExp;
  readonly requirements?: readonly string[];
  /** Directory of the records. @default none are there */
  readonly records?: string;
  /** Causes it. @returns what reverts that */
  readonly setUp?: () => Promise<(() => unknown) | undefined>;
  /** The command that runs a shell on the host. @default SSH as the app uses it */
  readonly shell?: () => readonly string[];
  /** A script of fault-injection/. */
  readonly inject?: string;
  readonly fake?: string;
}

/** Runs the probe that a plan begins with, as Terraform does. */
async function probe({ requirements = ["docker"], records = `${directory}/records`, shell, inject }: PlanFault) {
  const begun = performance.now();
  const input = { records, requirements: requirements.join("\n") };
  const options = { runner: "run-probe", inject, shell: shell?.() ?? sshShell(connection) } as const;
  const outcome = await run("remote-host/probe", input, options);
  return { ...outcome, seconds: (performance.now() - begun) / 1000 };
}

/** SSH with a connection of its own: a shared one would be open already, or stay open for the others. */
export const to = (other: Partial<SshConnection>) => {
  const [ssh, ...parameters] = sshShell({ ...connection, ...other });
  // ssh takes the first of an option that is given twice.
  return [ssh!, "-o", "ControlPath=none", ...parameters];
};

/** The same host, with another command instead of the shell. */
export const through = (shell: string) => [...sshShell(connection).slice(0, -1), shell];

/** The plan reports the cause at once, and nothing on the host changes. @returns what was reported */
export async function expectReported(fault: PlanFault): Promise<string> {
  const { cause, seen, fake } = fault;
  const before = await host.everything();
  const revert = await fault.setUp?.();
  try {
    const { code, stdout, stderr, seconds } = await probe(fault);
    expect([code === 0, stdout]).toEqual([false, ""]);
    const words = typeof seen === "string" ? seen : seen.exec(stderr)?.[0];
    expect(stderr).toContain(words ?? seen);
    expect(seconds).toBeLessThan(AT_ONCE);
    await revert?.();
    expect(await host.everything()).toBe(before);
    const preserved = "all on the host: files, containers, networks, roles, databases";
    recordFault({ cause, command: "plan", seen: words!, seconds, preserved, ...(fake !== undefined && { fake }) });
    return stderr;
  } finally {
    await revert?.();
  }
}
