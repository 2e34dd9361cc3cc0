import type { TestProject } from "vitest/node";
import { readyEngine } from "../lab/engine.js";
import { testInstance, testInstances } from "../lab/instance.js";
import { hold } from "../lab/lock.js";
import type { Report } from "../lab/progress.js";
import { down } from "../lab/teardown.js";
import { up } from "../lab/up.js";

const begun = Symbol.for("the host for the tests is up");
const keep = process.env.KEEP_TEST_HOST === "1";

/**
 * The hosts of the integration and e2e tiers: an instance of the lab for each worker (`labtest` and `labtest2`, or
 * LAB_TEST_INSTANCE alone), fresh for each run, so that an interrupted run does not affect the next one. The files that a
 * worker runs of the integration tier share its host; each file of e2e begins with a fresh one.
 *
 * With KEEP_TEST_HOST=1 the run uses the existing hosts and does not remove them, to inspect what a failing test has left.
 */
export default async function hostsForTests({ config }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const shared = globalThis as { [begun]?: boolean };
  if (shared[begun]) return undefined;
  shared[begun] = true;
  const instances = testInstances(config.env?.LAB_TEST_INSTANCE).slice(0, config.maxWorkers);
  // Another run would remove this one's hosts.
  const locks: (() => Promise<void>)[] = [];
  const release = async () => {
    for (const unlock of locks) await unlock();
  };
  try {
    for (const instance of instances) {
      locks.push(await hold(`tests-${instance.name}`, console.log));
      await freshHost(console.log, instance);
    }
  } catch (error) {
    await release();
    throw error;
  }
  return async () => {
    for (const instance of keep ? [] : instances) await down(instance, console.log);
    await release();
  };
}

/** Starts a host to which nothing was deployed; with KEEP_TEST_HOST=1 it uses the existing one. */
export async function freshHost(report: Report, instance = testInstance()): Promise<void> {
  if (!keep) {
    // An engine that is started here starts its former containers again.
    await readyEngine(report);
    await down(instance, report);
  }
  await up(instance, report);
}
