import type { Planner } from "../contender.js";
import { alternating, succeeding } from "../measure.js";
import type { Row } from "../row.js";

/** A plan with nothing to do, with the SSH connection that it opens, and with one that a former command left open. */
export const plan: Row = {
  name: "plan",
  async measure({ product, flat, rounds }) {
    const cold = await alternating(rounds, { product: () => coldPlan(product), flat: () => coldPlan(flat) });
    const warm = await alternating(rounds, {
      product: () => succeeding(product.plan()),
      flat: () => succeeding(flat.plan()),
    });
    const entry = (what: string, { product, flat }: typeof cold) => ({
      ...{ what, product, floor: { name: "flat app", samples: flat }, peers: {}, target: { ratio: 1.3 } },
    });
    return [entry("`terraform plan`, nothing to do", cold), entry("the same, SSH connection already open", warm)];
  },
};

export async function coldPlan(planner: Planner) {
  await planner.disconnect();
  return succeeding(planner.plan());
}
