import { alternating, succeeding } from "../measure.js";
import { deployed } from "../peers.js";
import type { Row } from "../row.js";

/** A deploy that finds everything as it is described. */
export const nothingToDo: Row = {
  name: "nothing-to-do",
  async measure({ product, flat, peers, rounds }) {
    return deployed(peers, async () => {
      const cold = [product, flat, ...peers].map((each) => [
        each.name,
        async () => {
          await each.disconnect();
          return succeeding(each.apply());
        },
      ]);
      const cdktf = async () => {
        await product.disconnect();
        return succeeding(product.cdktf());
      };
      const {
        product: apply,
        flat: floor,
        cdktf: through,
        ...others
      } = await alternating<string>(rounds, {
        ...Object.fromEntries(cold),
        cdktf,
      });
      const common = { floor: { name: "flat app", samples: floor! }, peers: others };
      return [
        { what: "`tsx main.ts && terraform apply`, nothing to do", product: apply!, ...common },
        { what: "`cdktf deploy`, nothing to do", product: through!, ...common },
      ];
    });
  },
};
