import type { Provider } from "./provider.js";
import type { Attribute, Block, NestedBlock } from "./schema.js";

const nestings = { list: 2, set: 3 } as const;

/** The schemas of a provider as `GetProviderSchema` answers them. */
export function wireSchemas(provider: Provider) {
  return {
    provider: schema(provider.block),
    resource_schemas: each(provider.resources, (resource) => schema(resource.block, resource.version)),
    data_source_schemas: each(provider.dataSources, (source) => schema(source.block)),
    ephemeral_resource_schemas: each(provider.ephemeralResources ?? {}, ({ block }) => schema(block)),
    diagnostics: [],
    server_capabilities: { plan_destroy: false, get_provider_schema_optional: true },
  };
}

function each<T, R>(things: Readonly<Record<string, T>>, make: (thing: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, make(thing)]));
}

const schema = (block: Block, version = 0) => ({ version, block: wireBlock(block, "dynamic") });

/**
 * `refusedType` is the type that refused attributes are declared with: anything at the top, but a string in nested
 * blocks, as Terraform allows no dynamic type in them.
 */
function wireBlock(block: Block, refusedType: "dynamic" | "string"): object {
  const attributes = Object.entries(block.attributes).map(([name, attribute]) => wireAttribute(name, attribute));
  const refused = (block.refused ?? []).map((name) => ({ name, type: type(refusedType), optional: true }));
  const nested = Object.entries(block.blocks ?? {}).map(([name, inner]) => wireNested(name, inner));
  return { attributes: [...attributes, ...refused], block_types: nested };
}

function wireAttribute(name: string, attribute: Attribute) {
  const { required = false, optional = false, computed = false, sensitive = false } = attribute;
  return { name, type: type(attribute.type), required, optional, computed, sensitive };
}

const wireNested = (name: string, block: NestedBlock) => ({
  type_name: name,
  block: wireBlock(block, "string"),
  nesting: nestings[block.nesting],
  max_items: block.max ?? 0,
});

const type = (value: unknown) => Buffer.from(JSON.stringify(value));
