/** The tests use the engine of the cluster's first machine, as if they ran there. */
import { useManager } from "../../lab/cluster/engines.js";
import { cluster } from "./cluster.js";

useManager(cluster);
