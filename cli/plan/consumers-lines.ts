import type { Line } from "./description.js";
import type { Item } from "./item.js";

/**
 * The lines for the consumers of NocoDB's API.
 *
 * @param text the line if nothing is known of a single consumer
 */
export function consumersLines(
  item: Item,
  text: string,
  why: readonly string[],
): { changes: Line[]; removals: Line[] } {
  const { address, action, differences, drift = "" } = item;
  const addresses = [address];
  const settings = differences.find(({ name }) => name === "consumers");
  const before = consumersIn(settings?.before);
  const after = consumersIn(action === "create" ? item.texts.consumers : settings?.after);
  const added = [...after.keys()].filter((name) => !before.has(name));
  const removed = action === "replace" ? [...before.keys()].filter((name) => !after.has(name)) : [];
  const refused = [...drift.matchAll(/token of (\S+) (?:refused|belongs)/g)].map(([, name]) => name!);
  const gained = [
    ...added.map((name) => `${name} gets an API token, in ${after.get(name)}`),
    ...refused.map((name) => `${name} gets a new API token`),
  ];
  const texts = gained.length > 0 ? gained : [text];
  return {
    changes: texts.map((each, index) => ({ text: each, why: index === texts.length - 1 ? why : [], addresses })),
    removals: removed.map((name) => ({
      text: `${name} loses its API token, and its lines in ${before.get(name)}`,
      ...{ why: [], addresses },
    })),
  };
}

/** Names of consumers, and the paths of their env files, as renderConsumers of nocodb-consumers.ts writes them. */
function consumersIn(text = ""): Map<string, string> {
  return new Map([...text.matchAll(/^(\S+) envFile (.*)$/gm)].map(([, name, file]) => [name!, file!]));
}
