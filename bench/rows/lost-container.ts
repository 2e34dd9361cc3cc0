import { removeContainer } from "../ground.js";
import { alternating } from "../measure.js";
import { deployed, untilServing } from "../peers.js";
import type { Row } from "../row.js";

/** A container removed by hand, until the next deploy has it serving again. */
export const lostContainer: Row = {
  name: "lost-container",
  async measure({ product, flat, peers, rounds }) {
    return deployed(peers, async () => {
      const repairs = [product, flat, ...peers].map((each) => [
        each.name,
        async () => {
          await removeContainer(each.container);
          return untilServing(each);
        },
      ]);
      const { product: own, flat: floor, ...others } = await alternating<string>(rounds, Object.fromEntries(repairs));
      const what = "a container removed by hand until serving again";
      return [{ what, product: own!, floor: { name: "flat app", samples: floor! }, peers: others }];
    });
  },
};
