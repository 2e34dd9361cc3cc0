import type * as z from "zod";
import { environmentJsonSchema } from "../schema.js";

type Json = z.core.JSONSchema.JSONSchema;

const root = environmentJsonSchema();

/** The schema and the alternatives within it. */
function variants(schema: Json): Json[] {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])] as Json[];
  return [schema, ...alternatives.flatMap((alternative) => variants(alternative))];
}

/** The schemas in a mapping by key; under `<name>`, the schema of every key that the operator chooses. */
function inside({ properties, additionalProperties }: Json): Record<string, Json> {
  const named = typeof additionalProperties === "object" ? { [anyName]: additionalProperties } : {};
  return { ...named, ...properties } as Record<string, Json>;
}

const anyName = "<name>";

/** The places of the JSON Schema that a path leads to; several if a setting has several forms. */
export function schemasAt(path: PropertyKey[]): Json[] {
  let schemas = variants(root);
  for (const key of path) {
    schemas = schemas.flatMap((schema) => {
      const within = inside(schema);
      const inner = Object.hasOwn(within, key) ? within[String(key)] : within[anyName];
      return inner === undefined ? [] : variants(inner);
    });
  }
  return schemas;
}

/** The description of a setting, as a remedy for its absence. */
export function describe(path: PropertyKey[]): string {
  const description = schemasAt(path).find((schema) => schema.description !== undefined)?.description;
  return description === undefined ? "set it" : `set it: ${description}`;
}

/** Every setting by its path, such as "ssh.port" and "consumers.<name>.role". */
export function settingPaths(schema: Json = root, above = ""): string[] {
  return variants(schema).flatMap((variant) =>
    Object.entries(inside(variant)).flatMap(([key, inner]) => [
      `${above}${key}`,
      ...settingPaths(inner, `${above}${key}.`),
    ]),
  );
}

/** Text from the process environment as the number or boolean that the schema expects at a path, if it is one. */
export function asWanted(path: PropertyKey[], text: string): string | number | boolean {
  const types = schemasAt(path).flatMap(({ type }) => type ?? []) as string[];
  const trimmed = text.trim();
  if (types.includes("number") && /^-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (types.includes("boolean") && /^(true|false)$/.test(trimmed)) return trimmed === "true";
  return text;
}
