import type { Contender } from "./contender.js";
import { serves } from "./ground.js";
import { succeeding } from "./measure.js";

/** Does some work while peers run beside the product, and removes them. */
export async function deployed<T>(peers: readonly Contender[], work: () => Promise<T>): Promise<T> {
  try {
    for (const peer of peers) {
      await peer.remove();
      await succeeding(peer.apply());
      await serves(peer.container);
    }
    return await work();
  } finally {
    for (const peer of peers) await peer.remove();
  }
}

/** Runs a contender's deploy until NocoDB serves; some commands end before. */
export async function untilServing(contender: Contender) {
  const start = performance.now();
  const { megabytes } = await succeeding(contender.apply());
  if (!(await serves(contender.container))) throw new Error(`${contender.container} does not serve after its deploy`);
  return { seconds: (performance.now() - start) / 1000, megabytes };
}
