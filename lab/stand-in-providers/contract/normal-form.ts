import { dockerProvider } from "../docker/provider.js";
import { externalProvider } from "../external.js";
import { nullProvider } from "../null.js";
import type { Block } from "../protocol/schema.js";

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON output
type Json = any;

const standIns = [dockerProvider, externalProvider, nullProvider];
const managed: Record<string, { block: Block }> = Object.assign({}, ...standIns.map((one) => one.resources));
const data: Record<string, { block: Block }> = Object.assign({}, ...standIns.map((one) => one.dataSources));

/** Attributes whose values differ from run to run, whatever they look like. */
const volatile = new Set(["ip_prefix_length"]);
const volatileShapes: [RegExp, string][] = [
  [/sha256:[0-9a-f]{64}/g, "<image id>"],
  [/\b[0-9a-f]{64}\b/g, "<id>"],
  [/^\d{9,}$/g, "<number>"],
  [/^[0-9a-f]{12}$/g, "<short id>"],
  [/^(\d{1,3}\.){3}\d{1,3}$/g, "<address>"],
  [/^PASSWORD=.+$/g, "PASSWORD=<volatile>"],
  [/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/g, "<mac>"],
];

/** The planned changes as they are compared: what the stand-ins implement, without values that vary from run to run. */
export function plannedChanges(plan: Json): Json[] {
  return (plan.resource_changes ?? []).map(({ address, mode, type, change, action_reason }: Json) => {
    const { block } = (mode === "data" ? data : managed)[type]!;
    const same = change.actions.join() === "no-op";
    return {
      address,
      actions: change.actions.join(),
      // Terraform and OpenTofu differ in which of several plans gives this reason.
      ...(action_reason && action_reason !== "replace_by_triggers" && { reason: action_reason }),
      ...(change.importing && { importing: true }),
      ...(change.replace_paths && { replaces: replaces(block, change.replace_paths) }),
      ...(!same && difference(block, change)),
    };
  });
}

/** The values that change from the state to the plan; all of them in a creation, none in a removal. */
function difference(block: Block, change: Json): Json {
  const [before, after] = [change.before, change.after].map((value) => steady(reduced(block, value)));
  const marks = {
    unknown: marked(reduced(block, change.after_unknown)),
    sensitive: marked(reduced(block, change.after_sensitive)),
  };
  if (after === null) return {};
  if (before === null) return { after, ...marks };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const other = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const known = other.filter((name) => !marks.unknown.includes(name));
  const values = known.map((name) => [name, { from: before[name] ?? null, to: after[name] ?? null }]);
  return { changes: Object.fromEntries(values), ...marks };
}

/** The names of the attributes and blocks that force the replacement. */
function replaces(block: Block, paths: Json[]): string[] {
  const names = new Set<string>(paths.map((path) => path[0]));
  return [...names].filter((name) => block.attributes[name] ?? block.blocks?.[name]).sort();
}

/** The state after an apply: address to attributes. */
export function stateResources(state: Json): Json {
  const entries = state.resources.flatMap(({ mode, type, name, instances }: Json) =>
    instances.map((instance: Json) => {
      const key = instance.index_key === undefined ? "" : `[${JSON.stringify(instance.index_key)}]`;
      const address = `${mode === "data" ? "data." : ""}${type}.${name}${key}${instance.status ? ` (${instance.status})` : ""}`;
      const { block } = (mode === "data" ? data : managed)[type]!;
      return [address, steady(reduced(block, instance.attributes))];
    }),
  );
  const outputs = Object.entries<Json>(state.outputs ?? {}).map(([name, { value }]) => [name, value]);
  return { resources: sorted(Object.fromEntries(entries)), outputs: sorted(Object.fromEntries(outputs)) };
}

/** Only the attributes and blocks of the stand-in; those that only the real provider has are not compared. */
function reduced(block: Block, values: Json): Json {
  if (values === null || typeof values !== "object") return values;
  const known: Json = {};
  for (const name of Object.keys(block.attributes)) known[name] = values[name];
  for (const [name, nested] of Object.entries(block.blocks ?? {})) {
    const items = values[name];
    // No block and an empty list of blocks are the same: which one it is depends on whether it was refreshed yet.
    if (Array.isArray(items) && items.length === 0) continue;
    known[name] = Array.isArray(items) ? items.map((item: Json) => reduced(nested, item)) : items;
  }
  return known;
}

/** Without null, volatile values masked, fields sorted, and lists of objects sorted too: most of them are sets. */
function steady(value: Json, name = ""): Json {
  if (value === null || value === undefined) return null;
  if (volatile.has(name) && typeof value !== "object") return "<volatile>";
  if (typeof value === "string")
    return volatileShapes.reduce((text, [shape, mask]) => text.replace(shape, mask), value);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => steady(item));
    const objects = items.every((item) => typeof item === "object");
    return objects ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  const fields = Object.entries(value).map(([field, item]) => [field, steady(item, field)] as const);
  return sorted(Object.fromEntries(fields.filter(([, item]) => item !== null)));
}

/** The paths that are true in a tree of marks (unknown, sensitive). */
function marked(value: Json, path = ""): string[] {
  if (value === true) return [path];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value)
    .flatMap(([name, item]) => marked(item, path ? `${path}.${name}` : name))
    .sort();
}

function sorted(values: Json): Json {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
