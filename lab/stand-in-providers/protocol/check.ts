import { Problem } from "./provider.js";
import type { Block } from "./schema.js";
import { UNKNOWN, type Values } from "./values.js";

/**
 * All problems of a configuration: settings that are not implemented, each by its name, and values that the
 * attribute's own check refuses. `owner` is what the block belongs to, such as `docker_container`.
 */
export function checkConfig(owner: string, block: Block, config: Values, path: readonly string[] = []): Problem[] {
  const problems: Problem[] = [];
  for (const name of block.refused ?? []) {
    if (isSet(config[name])) problems.push(notImplemented(owner, [...path, name]));
  }
  for (const [name, attribute] of Object.entries(block.attributes)) {
    const value = config[name];
    const wrong = isSet(value) && value !== UNKNOWN ? attribute.check?.(value) : undefined;
    if (wrong) problems.push(new Problem(wrong, `${owner}: ${[...path, name].join(".")}`, [...path, name]));
  }
  for (const [name, nested] of Object.entries(block.blocks ?? {})) {
    const items = config[name] === UNKNOWN ? [] : (config[name] ?? []);
    for (const item of items) problems.push(...checkConfig(owner, nested, item, [...path, name]));
  }
  return problems;
}

const isSet = (value: unknown) => value !== null && value !== undefined;

function notImplemented(owner: string, path: readonly string[]): Problem {
  return new Problem(
    `stand-in provider: attribute ${path.join(".")} of ${owner} is not implemented here`,
    "The stand-in providers implement only what their contract covers. Leave the attribute out, implement it in the " +
      "stand-in, or let Terraform find the real provider (registry, mirror or plugin cache).",
    path.slice(0, 1),
  );
}
