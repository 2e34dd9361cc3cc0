import { testInstance } from "../../lab/instance.js";

export const instance = testInstance();
if (!instance.cluster) throw new Error(`LAB_TEST_INSTANCE=${instance.name}: not a cluster. Give cluster1 or cluster2`);
export const { cluster } = instance;
export const [manager, second, third] = cluster.nodes;
