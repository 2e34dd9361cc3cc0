import type { z } from "zod";
import { environmentJsonSchema } from "./schema.js";

type Json = z.core.JSONSchema.JSONSchema;

const root = environmentJsonSchema();

/** The schema and the alternatives within it. */
function variants(schema: Json): Json[] {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])] as Json[];
  return [schema, ...alternatives.flatMap((alternative) => variants(alternative))];
}

/** The places of the JSON Schema that a path leads to; several where a setting has several forms. */
export function schemasAt(path: PropertyKey[]): Json[] {
  let schemas = variants(root);
  for (const key of path) {
    const inner = schemas.map(({ properties }) => properties?.[String(key)] as Json | undefined);
    schemas = inner.filter((schema) => schema !== undefined).flatMap((schema) => variants(schema));
  }
  return schemas;
}

/** What a setting is, as a remedy for its absence. */
export function describe(path: PropertyKey[]): string {
  const description = schemasAt(path).find((schema) => schema.description !== undefined)?.description;
  return description === undefined ? "set it" : `set it: ${description}`;
}

/** Every setting by its path, such as "ssh.port". */
export function settingPaths(schema: Json = root, above = ""): string[] {
  return variants(schema).flatMap(({ properties }) =>
    Object.entries(properties ?? {}).flatMap(([key, inner]) => [
      `${above}${key}`,
      ...settingPaths(inner as Json, `${above}${key}.`),
    ]),
  );
}

/** Text from the process environment as the number or boolean that is wanted at a path; as it is where it is none. */
export function asWanted(path: PropertyKey[], text: string): string | number | boolean {
  const types = schemasAt(path).flatMap(({ type }) => type ?? []) as string[];
  const trimmed = text.trim();
  if (types.includes("number") && /^-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (types.includes("boolean") && /^(true|false)$/.test(trimmed)) return trimmed === "true";
  return text;
}
