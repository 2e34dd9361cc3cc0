import { alternating } from "../measure.js";
import { deployed, untilServing } from "../peers.js";
import type { Row } from "../row.js";
import { underTraffic } from "../traffic.js";

/** A changed variable until NocoDB serves again, with 20 requests a second at the site. */
export const change: Row = {
  name: "change",
  async measure({ instance, product, flat, peers, rounds }) {
    return deployed(peers, async () => {
      let nth = 0;
      const changes = [product, flat, ...peers].map((each) => [
        each.name,
        async () => {
          await each.describe(`change ${++nth}`);
          const { result, lost } = await underTraffic(instance, each.site, () => untilServing(each));
          return { ...result, lost };
        },
      ]);
      const { product: own, flat: floor, ...others } = await alternating<string>(rounds, Object.fromEntries(changes));
      const what = "a changed variable until serving again";
      return [{ what, product: own!, floor: { name: "flat app", samples: floor! }, peers: others }];
    });
  },
};
