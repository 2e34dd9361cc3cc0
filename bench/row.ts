import type { Instance } from "../lab/instance.js";
import type { Contender } from "./contender.js";
import type { Flat } from "./flat/flat.js";
import type { Product } from "./product.js";
import type { Entry } from "./results.js";

/** What the rows measure on. */
export interface Ground {
  readonly instance: Instance;
  readonly product: Product;
  readonly flat: Flat;
  /** Docker Compose and Ansible, as far as this machine has them. */
  readonly peers: readonly Contender[];
  readonly rounds: number;
}

/** One thing that is measured. The product is deployed before, and has to be deployed afterwards. */
export interface Row {
  readonly name: string;
  measure(ground: Ground): Promise<Entry[]>;
}
