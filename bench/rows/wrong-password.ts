import type { Contender } from "../contender.js";
import { sql } from "../ground.js";
import { alternating, succeeding, timed } from "../measure.js";
import { deployed } from "../peers.js";
import type { Row } from "../row.js";

const CAUSE = /password of role|password authentication failed/;

/**
 * A wrong database password, until the command ends. The product knows no password in a description, so someone changes
 * that of the role in PostgreSQL; peers have a wrong one in theirs.
 */
export const wrongPassword: Row = {
  name: "wrong-password",
  async measure({ instance, product, flat, peers, rounds }) {
    const few = Math.min(rounds, 2);
    return deployed(peers, async () => {
      const wrong = [flat, ...peers].map((each) => [each.name, () => failing(each)]);
      const { product: own, ...others } = await alternating<string>(few, {
        product: async () => {
          await sql(instance, "ALTER ROLE nocodb PASSWORD 'changed by hand'");
          const { seconds, megabytes, output } = await timed(product.plan());
          const note = CAUSE.test(output) ? "the plan shows the cause" : "cause not shown";
          await succeeding(product.apply());
          return { seconds, megabytes, note };
        },
        ...Object.fromEntries(wrong),
      });
      await flat.remove();
      await succeeding(flat.apply());
      return [{ what: "a wrong database password until the command ends", product: own!, peers: others }];
    });
  },
};

async function failing(contender: Contender) {
  await contender.describe("first", "wrong");
  const { seconds, megabytes, output, code } = await timed(contender.apply());
  const cause = CAUSE.test(output) ? "shows the cause" : "cause not shown";
  return { seconds, megabytes, note: code === 0 ? `${cause}, exit code 0` : cause };
}
