import { randomInt } from "node:crypto";
import type { Provider } from "./protocol/provider.js";
import { computed, map, optional } from "./protocol/schema.js";
import { UNKNOWN, type Values } from "./protocol/values.js";

/** hashicorp/null: a resource that only has triggers. */
export const nullProvider: Provider = {
  block: { attributes: {} },
  configure: () => undefined,
  dataSources: {},
  resources: {
    null_resource: {
      block: {
        attributes: {
          id: computed("string"),
          triggers: optional(map("string"), { forceNew: replacesKept }),
        },
      },
      create: async (planned) => ({ ...planned, id: String(randomInt(2 ** 48 - 1)) }),
    },
  },
};

/** A changed map replaces its resource, unless a map without values is added. */
export function replacesKept(before: Values | null, after: Values | null | typeof UNKNOWN): boolean {
  if (before !== null || after === null || after === UNKNOWN) return true;
  return Object.values(after).some((value) => value !== null);
}
