import { readyEngine } from "../lab/engine.js";
import { up } from "../lab/host.js";
import { testInstance } from "../lab/instance.js";
import { down } from "../lab/teardown.js";
import { hold } from "../lab/lock.js";
import type { Report } from "../lab/progress.js";

const begun = Symbol.for("the host for the tests is up");
const keep = process.env.KEEP_TEST_HOST === "1";

/**
 * The host that the integration and e2e tiers work on: the lab's instance `labtest` (or LAB_TEST_INSTANCE), fresh for each run, so that what a
 * run left when it was ended half way cannot decide the next one. The files of the integration tier share it; each of e2e begins with a fresh one.
 *
 * KEEP_TEST_HOST=1 takes the host as it is and leaves it standing, to look at what a failing test left.
 */
export default async function hostForTests(): Promise<(() => Promise<void>) | undefined> {
  const shared = globalThis as { [begun]?: boolean };
  if (shared[begun]) return undefined;
  shared[begun] = true;
  // Another run would take this one's host away.
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

/** The host as it is before anything was deployed to it; with KEEP_TEST_HOST=1 as it is. */
export async function freshHost(report: Report): Promise<void> {
  const instance = testInstance();
  if (!keep) {
    // One that is started here brings up again what it held when it was ended.
    await readyEngine(report);
    await down(instance, report);
  }
  await up(instance, report);
}
