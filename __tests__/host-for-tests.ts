import { readyEngine } from "../lab/engine.js";
import { up } from "../lab/host.js";
import { testInstance } from "../lab/instance.js";
import { hold } from "../lab/lock.js";
import type { Report } from "../lab/progress.js";
import { down } from "../lab/teardown.js";

const begun = Symbol.for("the host for the tests is up");
const keep = process.env.KEEP_TEST_HOST === "1";

/**
 * The host of the integration and e2e tiers: the lab's instance `labtest` (or LAB_TEST_INSTANCE), fresh for each run,
 * so that an interrupted run does not affect the next one. The files of the integration tier share it; each file of
 * e2e begins with a fresh one.
 *
 * With KEEP_TEST_HOST=1 the run uses the existing host and does not remove it, to inspect what a failing test has left.
 */
export default async function hostForTests(): Promise<(() => Promise<void>) | undefined> {
  const shared = globalThis as { [begun]?: boolean };
  if (shared[begun]) return undefined;
  shared[begun] = true;
  // Another run would remove this one's host.
  const release = await hold(`tests-${testInstance().name}`, console.log);
  await freshHost(console.log).catch(async (error) => {
    await release();
    throw error;
  });
  return async () => {
    if (!keep) await down(testInstance(), console.log);
    await release();
  };
}

/** Starts a host to which nothing was deployed; with KEEP_TEST_HOST=1 it uses the existing one. */
export async function freshHost(report: Report): Promise<void> {
  const instance = testInstance();
  if (!keep) {
    // An engine that is started here starts its former containers again.
    await readyEngine(report);
    await down(instance, report);
  }
  await up(instance, report);
}
