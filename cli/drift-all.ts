import { sshAddress } from "../constructs/remote-host/ssh.js";
import type { Environment } from "../settings/environment.js";
import { DONE, DRIFT } from "./exit-codes.js";
import { type Findings, findings } from "./findings.js";
import { askHost, type Ended } from "./run-on-host.js";

/** The check of one environment's host. */
export interface Check extends Findings {
  readonly environment: string;
  /** As in `deploy@docker.example.com:2222`. */
  readonly host: string;
  readonly result: "in step" | "drift" | "unreachable" | "failed";
  /** The reason for a failed check, on one line. */
  readonly cause?: string;
}

/**
 * Checks the hosts of several environments, some at a time.
 *
 * @param limit seconds for each host, after which it counts as unreachable
 * @returns the checks in the order of the environments, each as soon as it is done
 */
export function checkAll(environments: readonly Environment[], atOnce: number, limit: number): Promise<Check>[] {
  const inTurn = atMost(atOnce);
  return environments.map((environment) => inTurn(() => check(environment, limit)));
}

async function check(environment: Environment, limit: number): Promise<Check> {
  const ended = await askHost(environment, "remote-host/report-drift", {}, limit);
  return { environment: environment.name, host: sshAddress(environment.ssh), ...judged(ended, limit) };
}

function judged({ status, stdout, stderr }: Ended, limit: number): Omit<Check, "environment" | "host"> {
  const nothing = { drift: [], late: [] };
  if (status === DONE) return { result: "in step", ...nothing };
  // A shell that cannot read its program exits with 2, too, but prints nothing.
  if (status === DRIFT && stdout !== "") return { result: "drift", ...findings(status, stdout) };
  if (status === undefined) return { result: "unreachable", ...nothing, cause: `no answer within ${limit} s` };
  return { result: status === 255 ? "unreachable" : "failed", ...nothing, cause: onOneLine(stderr) };
}

/** What was said of a failure, without the advice of run-remote.sh, which is the same for all hosts. */
function onOneLine(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const own = lines.filter((line) => line !== "" && !line.startsWith("ssh could not reach the host"));
  return own.join(" ") || "it gave no reason";
}

/** Runs tasks in their order, at most so many at the same time. */
function atMost(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
