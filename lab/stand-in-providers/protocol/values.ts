import { decode, ExtensionCodec, encode } from "@msgpack/msgpack";

/** A value that will be known after the apply. Compared by identity, so never clone it. */
export const UNKNOWN: { readonly unknown: true } = Object.freeze({ unknown: true });

// biome-ignore lint/suspicious/noExplicitAny: the schema, not the compiler, says what an attribute holds
export type Value = any;
export type Values = Record<string, Value>;

const extensions = new ExtensionCodec();
extensions.register({
  type: 0,
  encode: (value) => (value === UNKNOWN ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
// A "refined" unknown also has what is known about the value (not null, a prefix). That is only a hint.
extensions.register({ type: 12, encode: () => null, decode: () => UNKNOWN });

export interface DynamicValue {
  msgpack?: Uint8Array;
  json?: Uint8Array;
}

export function fromWire(value: DynamicValue | null | undefined): Value {
  if (value?.msgpack?.length) return decode(value.msgpack, { extensionCodec: extensions });
  if (value?.json?.length) return JSON.parse(Buffer.from(value.json).toString("utf8"));
  return null;
}

export function toWire(value: Value): DynamicValue {
  return { msgpack: encode(value, { extensionCodec: extensions }) };
}

export function hasUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some(hasUnknown);
}
