import { alternating } from "../measure.js";
import { ownStart } from "../own-start.js";
import { untilServing } from "../peers.js";
import type { Row } from "../row.js";

/** From nothing until NocoDB serves, and for the product until its smoke test passed. */
export const deploy: Row = {
  name: "deploy",
  async measure({ instance, product, flat, peers, rounds }) {
    const fromNothing = [flat, ...peers].map((each) => [
      each.name,
      async () => {
        await each.remove();
        const measured = await untilServing(each);
        if (each !== flat) await each.remove();
        return measured;
      },
    ]);
    const {
      own,
      product: proved,
      flat: floor,
      ...others
    } = await alternating<string>(rounds, {
      own: () => ownStart(instance),
      product: async () => {
        await product.destroy();
        return untilServing(product);
      },
      ...Object.fromEntries(fromNothing),
    });
    return [
      {
        what: "from nothing to proved",
        product: proved!,
        floor: { name: "NocoDB's own start", samples: own! },
        peers: { flat: floor!, ...others },
        target: { above: 3 },
      },
    ];
  },
};
