import type { Resource } from "./provider.js";
import { type Block, type BlockField, type Field, fieldsOf, type NestedBlock, type Type } from "./schema.js";
import { hasUnknown, UNKNOWN, type Value, type Values } from "./values.js";

export interface Plan {
  readonly planned: Values;
  /** Names of the attributes and blocks whose change replaces the resource. */
  readonly replace: readonly string[];
}

/**
 * Plans a resource from its configuration. `prior` is null for a creation.
 * Unset computed values stay as they are, and become unknown only at a creation.
 */
export function planChange(resource: Resource<never>, prior: Values | null, config: Values): Plan {
  const planned: Values = {};
  const replace: string[] = [];
  for (const [name, field] of Object.entries(fieldsOf(resource.block))) {
    const before = prior?.[name] ?? null;
    const wanted = withDefaults(field, config[name] ?? null);
    const after = planField(field, prior !== null, before, wanted, resource.legacy ?? false);
    planned[name] = after;
    if (prior !== null && after !== before && replaces(field, before, after)) replace.push(name);
  }
  return { planned, replace };
}

function replaces(field: Field, before: Value, after: Value): boolean {
  return typeof field.forceNew === "function" ? field.forceNew(before, after) : (field.forceNew ?? false);
}

function planField(field: Field, exists: boolean, before: Value, wanted: Value, legacy: boolean): Value {
  if (isUnset(field, wanted)) {
    if (field.computed) return exists ? before : UNKNOWN;
    if ("keepIfUnset" in field && exists) return before;
  }
  if (exists && same(field.type, before, wanted, legacy)) return before;
  return legacy ? unknownAsAWhole(field, wanted) : wanted;
}

const isBlock = (field: Field): field is BlockField => "nesting" in field;
const isUnset = (field: Field, value: Value) => value === null || (isBlock(field) && value.length === 0);

/** A configuration with the defaults of its block. */
export function completed(block: Block, config: Values): Values {
  const fields = Object.entries(fieldsOf(block));
  return Object.fromEntries(fields.map(([name, field]) => [name, withDefaults(field, config[name] ?? null)]));
}

function withDefaults(field: Field, value: Value): Value {
  if (!isBlock(field)) return value ?? field.default ?? null;
  if (value === UNKNOWN) return UNKNOWN;
  return (value ?? []).map((item: Value) => (item === null || item === UNKNOWN ? item : fill(field, item)));
}

/** The older SDK has no collections with an unknown element: the whole collection is unknown. */
function unknownAsAWhole(field: Field, value: Value): Value {
  return !isBlock(field) && hasUnknown(value) ? UNKNOWN : value;
}

/** One nested block. Only resources of the older SDK have them here; in its sets only a bool can be null. */
function fill(block: NestedBlock, item: Values): Values {
  const fields = Object.entries(fieldsOf(block)).map(([name, field]) => {
    const value = unknownAsAWhole(field, withDefaults(field, item[name] ?? null));
    return [name, value === null && block.nesting === "set" ? zero(field.type) : value];
  });
  return Object.fromEntries(fields);
}

function zero(type: Type): Value {
  if (typeof type === "string") return { string: "", number: 0, bool: null }[type];
  return type[0] === "list" || type[0] === "set" ? [] : {};
}

/** Equal as Terraform sees it: sets have no order, and an unknown value equals no other. */
export function same(type: Type, a: Value, b: Value, legacy = false): boolean {
  if (a === b) return a !== UNKNOWN;
  if (hasUnknown(a) || hasUnknown(b)) return false;
  return canonical(type, a, legacy) === canonical(type, b, legacy);
}

function canonical(type: Type, value: Value, legacy: boolean): string {
  if (value === null || (legacy && isZero(value))) return "null";
  if (typeof type === "string") return JSON.stringify(value);
  if (type[0] === "list" || type[0] === "set") {
    const items = value.map((item: Value) => canonical(type[1], item, legacy));
    return `[${(type[0] === "set" ? items.sort() : items).join()}]`;
  }
  const types: Record<string, Type> = type[0] === "object" ? type[1] : mapTypes(value, type[1]);
  const fields = Object.keys(types).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonical(types[name]!, value[name] ?? null, legacy)}`)}}`;
}

function mapTypes(value: Values, of: Type): Record<string, Type> {
  return Object.fromEntries(Object.keys(value).map((name) => [name, of]));
}

const isZero = (value: Value) =>
  value === "" || value === 0 || value === false || (typeof value === "object" && Object.keys(value).length === 0);

/**
 * The state after an apply. Terraform treats an unknown value as an error, so a value that was not filled becomes null.
 * The older SDK makes such a set empty instead, keeps a known set as planned whatever was read back, and keeps the
 * plan's choice between null and an empty collection.
 */
export function settle(resource: Resource<never>, planned: Values, result: Values): Values {
  const fields = Object.entries(fieldsOf(resource.block)).map(([name, field]) => {
    const value = hasUnknown(result[name]) ? null : (result[name] ?? null);
    return [name, resource.legacy ? settleLegacy(field, planned[name], value) : value];
  });
  return Object.fromEntries(fields);
}

function settleLegacy(field: Field, planned: Value, value: Value): Value {
  const isSet = field.type[0] === "set";
  if (hasUnknown(planned)) return value === null && isSet ? [] : value;
  if (isSet && planned !== null) return planned;
  return isEmpty(value) && (isEmpty(planned) || typeof planned !== "object") ? planned : value;
}

const isEmpty = (value: Value) => value === null || (typeof value === "object" && Object.keys(value).length === 0);
