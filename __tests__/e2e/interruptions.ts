import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../lab/command.js";
import type { Deployment } from "../../lab/deployment.js";
import type { Running } from "../../lab/running.js";
import { host } from "./lifecycle.js";

/** A way to interrupt an apply. */
export interface Interruption {
  readonly name: string;
  readonly strike: (running: Running, deployment: Deployment) => Promise<void>;
}

export const INTERRUPTIONS: readonly Interruption[] = [
  {
    name: "terraform killed",
    strike: async (running) => running.signal("SIGKILL"),
  },
  {
    name: "Ctrl-C",
    strike: async (running) => running.signal("SIGINT"),
  },
  {
    name: "connection lost here",
    strike: async (_, deployment) => {
      for (const pid of await sharedConnections(deployment)) process.kill(pid, "SIGKILL");
    },
  },
  {
    name: "connection lost on the host",
    strike: () => onTheHost("pkill -KILL -f '^sshd: deploy' || true"),
  },
  {
    name: "host scripts killed",
    strike: () => onTheHost("pkill -KILL -f '^(sudo -n )?sh -s$' || true"),
  },
  {
    name: "host frozen",
    strike: async () => {
      await host.freeze();
      await sleep(3000);
      await host.thaw();
    },
  },
];

async function onTheHost(script: string): Promise<void> {
  await host.sh(script);
}

/** Process ids of the SSH connections that the commands of a deployment share. */
async function sharedConnections({ stackFolder }: Deployment): Promise<number[]> {
  const sockets = (await readdir(stackFolder)).filter((file) => file.startsWith("ssh-"));
  const checks = sockets.map((socket) =>
    run(["ssh", "-F", "none", "-o", `ControlPath=${socket}`, "-O", "check", "host"], { cwd: stackFolder }),
  );
  const pids = (await Promise.all(checks)).map(({ stdout, stderr }) => /pid=(\d+)/.exec(stdout + stderr)?.[1]);
  return pids.filter((pid) => pid !== undefined).map(Number);
}

/** Lines that Terraform prints when a step begins or ends. */
const STEP = /: (Creating|Modifying|Destroying)\.\.\.|: (Creation|Modifications|Destruction) complete/g;

/** Whether a command has reached a moment, by its output so far. */
export type Reached = (said: string) => boolean;

/** @param part of an apply's steps, 0 to 1; negative: before the first one */
export function partOfApply(part: number): Reached {
  return (said) => {
    if (part < 0) return said.includes("Reading...");
    const planned = /Plan: (\d+) to add, (\d+) to change, (\d+) to destroy/.exec(said);
    if (!planned) return false;
    const steps = 2 * planned.slice(1).reduce((sum, each) => sum + Number(each), 0);
    return (said.match(STEP)?.length ?? 0) >= Math.max(1, Math.floor(part * steps));
  };
}

/**
 * Interrupts a running command some seconds after a moment.
 *
 * @returns false if it had ended before
 */
export async function interrupt(
  running: Running,
  deployment: Deployment,
  { strike }: Interruption,
  reached: Reached,
  seconds: number,
): Promise<boolean> {
  if (!(await running.until(reached))) return false;
  const ended = running.ended.then(() => true);
  if (await Promise.race([ended, sleep(seconds * 1000).then(() => false)])) return false;
  await strike(running, deployment);
  return true;
}
