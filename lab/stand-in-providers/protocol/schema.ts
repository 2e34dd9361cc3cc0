import { UNKNOWN, type Value, type Values } from "./values.js";

/** Terraform's types, spelled as in its JSON: `["map", "string"]`. */
export type Type =
  | "string"
  | "number"
  | "bool"
  | readonly ["list" | "set" | "map", Type]
  | readonly ["object", Readonly<Record<string, Type>>];

export const list = (of: Type): Type => ["list", of];
export const set = (of: Type): Type => ["set", of];
export const map = (of: Type): Type => ["map", of];
export const object = (fields: Record<string, Type>): Type => ["object", fields];

interface Planned {
  /** The provider fills it if the configuration does not set it. */
  readonly computed?: boolean;
  /** A change replaces the resource; a function decides from the two values. */
  readonly forceNew?: boolean | ((before: Value, after: Value) => boolean);
}

export interface Attribute extends Planned {
  readonly type: Type;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly sensitive?: boolean;
  /** The value of an unset attribute. */
  readonly default?: Value;
  /** An unset attribute keeps its value, although it is planned as null at first. */
  readonly keepIfUnset?: boolean;
  /** Why a configured value is refused; undefined if it is valid. */
  readonly check?: (value: Value) => string | undefined;
}

export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly blocks?: Readonly<Record<string, NestedBlock>>;
  /**
   * Attributes and blocks that only the real provider has. They are in the schema so that a configuration that sets one
   * is refused with its name, instead of Terraform calling it misspelled.
   */
  readonly refused?: readonly string[];
}

export interface NestedBlock extends Block, Planned {
  readonly nesting: "list" | "set";
  readonly max?: number;
}

type Options = Omit<Attribute, "type">;
export const required = (type: Type, more: Options = {}): Attribute => ({ type, required: true, ...more });
export const optional = (type: Type, more: Options = {}): Attribute => ({ type, optional: true, ...more });
export const computed = (type: Type, more: Options = {}): Attribute => ({ type, computed: true, ...more });
export const optionalComputed = (type: Type, more: Options = {}): Attribute => ({
  type,
  optional: true,
  computed: true,
  ...more,
});

/** Attributes and nested blocks, which are planned alike. */
export type BlockField = NestedBlock & { readonly type: Type };
export type Field = Attribute | BlockField;

export function fieldsOf(block: Block): Record<string, Field> {
  const blocks = Object.entries(block.blocks ?? {}).map(([name, nested]) => {
    const type: Type = [nested.nesting, typeOf(nested)];
    return [name, { ...nested, type }] as const;
  });
  return { ...block.attributes, ...Object.fromEntries(blocks) };
}

/** The object type of a block's values. */
export function typeOf(block: Block): Type {
  const fields = Object.entries(fieldsOf(block)).map(([name, field]) => [name, field.type] as const);
  return object(Object.fromEntries(fields));
}

/**
 * Gives raw values the shape of the block: missing values become null (nested blocks an empty list), and values that the
 * block does not have are dropped.
 */
export function conform(block: Block, raw: Values, options: { refused?: boolean } = {}): Values {
  const values: Values = {};
  for (const [name, attribute] of Object.entries(block.attributes)) values[name] = shape(attribute.type, raw[name]);
  for (const [name, nested] of Object.entries(block.blocks ?? {})) {
    const items = raw[name] ?? [];
    values[name] = items === UNKNOWN ? UNKNOWN : items.map((item: Values) => conform(nested, item, options));
  }
  if (options.refused) for (const name of block.refused ?? []) values[name] = null;
  return values;
}

function shape(type: Type, value: Value): Value {
  if (value === null || value === undefined) return null;
  if (value === UNKNOWN || typeof type === "string") return value;
  if (type[0] === "map") return mapValues(value, (item) => shape(type[1], item));
  if (type[0] === "object") return mapValues(type[1], (field, name) => shape(field, value[name]));
  return value.map((item: Value) => shape(type[1], item));
}

function mapValues<T, R>(
  values: Readonly<Record<string, T>>,
  change: (value: T, name: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
