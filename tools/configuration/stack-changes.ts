import type { StackJson } from "../../cli/synthesized.js";
import { isElsewhere as isServerElsewhere } from "../../constructs/postgres-database/server.js";
import { containerBlock } from "../../lab/stand-in-providers/docker/container-schema.js";

/** What a plan does with a resource. */
export type Action = "create" | "remove" | "replace" | "update";

export interface ResourceChange {
  readonly action: Action;
  /** Its attributes or triggers that differ. */
  readonly fields: readonly string[];
  /** Whether it changes only because a resource that it refers to is replaced. */
  readonly isFollowing?: true;
}

/** What a plan would do with a deployed stack after its JSON has changed. */
export interface StackChanges {
  /** The changed resources by address, such as null_resource.nocodb_site. */
  readonly resources: ReadonlyMap<string, ResourceChange>;
  /** Inputs of programs that run only on destroy or before a removal, by name. They change nothing before that. */
  readonly atDestroy: ReadonlySet<string>;
  /** Whether the state is kept elsewhere. */
  readonly movesState: boolean;
}

type Block = Readonly<Record<string, unknown>>;

/**
 * Compares two stacks as Terraform does: a null_resource runs again if a trigger differs, and a resource follows another
 * one that it refers to. A container's attributes are replaced or changed in place as in the docker provider, whose
 * schema the stand-in copies.
 */
export function stackChanges(before: StackJson, after: StackJson): StackChanges {
  const [was, is] = [resourcesOf(before), resourcesOf(after)];
  const isElsewhere = recordsOf(was) !== recordsOf(is);
  const resources = new Map<string, ResourceChange>();
  for (const address of was.keys()) if (!is.has(address)) resources.set(address, { action: "remove", fields: [] });
  for (const address of is.keys()) if (!was.has(address)) resources.set(address, { action: "create", fields: [] });
  const kept = [...is.keys()].filter((address) => was.has(address));
  for (const address of kept) {
    const change = ownChange(address, was.get(address)!, is.get(address)!, isElsewhere);
    if (change !== undefined) resources.set(address, change);
  }
  follow(kept, is, resources);
  return {
    resources,
    atDestroy: new Set(kept.flatMap((address) => differing(atDestroy(was.get(address)!), atDestroy(is.get(address)!)))),
    movesState: JSON.stringify(stateOf(before)) !== JSON.stringify(stateOf(after)),
  };
}

/** The resources by address, with the names of networks in place of references to them. */
function resourcesOf(stack: StackJson): Map<string, Block> {
  const networks = { ...stack.data?.docker_network, ...stack.resource.docker_network };
  const text = JSON.stringify(stack.resource).replaceAll(
    /\$\{(?:data\.)?docker_network\.([\w-]+)\.name\}/g,
    (_, name) => String(networks[name]!.name),
  );
  const resource = JSON.parse(text) as StackJson["resource"];
  const blocks = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, block]) => [`${type}.${name}`, block] as const),
  );
  return new Map(blocks);
}

function ownChange(address: string, was: Block, is: Block, isElsewhere: boolean): ResourceChange | undefined {
  const instances = differing(was.for_each ?? {}, is.for_each ?? {});
  if (instances.length > 0) return { action: instancesChange(was, is), fields: [] };
  const fields = differing(settingsOf(address, was), settingsOf(address, is));
  // The records hold what the resources have created. Where there is none, the resource is created again.
  const isUnrecorded = isElsewhere && Object.hasOwn((is.triggers ?? {}) as object, "status");
  if (fields.length === 0 && !isUnrecorded) return undefined;
  const isUpdate = address.startsWith("docker_container.") && !fields.some(replacesContainer);
  return { action: isUpdate ? "update" : "replace", fields };
}

/** Which instances of a resource come and go. */
function instancesChange(was: Block, is: Block): Action {
  const count = (block: Block) => Object.keys(block.for_each as object).length;
  if (count(was) === 0) return "create";
  return count(is) === 0 ? "remove" : "replace";
}

/** Replaces what refers to a replaced resource, until nothing more follows. */
function follow(addresses: readonly string[], blocks: Map<string, Block>, changes: Map<string, ResourceChange>): void {
  const isReplaced = (address: string) => changes.get(address)?.action === "replace";
  for (let found = true; found; ) {
    found = false;
    for (const address of addresses.filter((each) => !isReplaced(each))) {
      if (![...referencesOf(address, blocks.get(address)!)].some(isReplaced)) continue;
      const own = changes.get(address);
      changes.set(address, { ...(own ?? { fields: [], isFollowing: true }), action: "replace" });
      found = true;
    }
  }
}

/** The resources whose replacement replaces this one. */
function referencesOf(address: string, block: Block): Set<string> {
  const { replace_triggered_by: triggers = [] } = (block.lifecycle ?? {}) as { replace_triggered_by?: string[] };
  const settings = JSON.stringify(settingsOf(address, block));
  const ids = [...settings.matchAll(/\$\{((?:null_resource|docker_\w+)\.[\w-]+)\.(?:id|image_id)\}/g)];
  return new Set([...triggers, ...ids.map(([, found]) => found!)]);
}

/** What Terraform compares: the triggers of a null_resource, the attributes of others. */
function settingsOf(address: string, block: Block): Block {
  const { depends_on: _, lifecycle, provisioner: __, "//": ___, ...attributes } = block;
  const { ignore_changes: ignored = [] } = (lifecycle ?? {}) as { ignore_changes?: string[] };
  if (!address.startsWith("null_resource.")) return attributes;
  return ignored.includes("triggers") ? {} : serverApart((block.triggers ?? {}) as Block);
}

/** The triggers; those of a PostgreSQL elsewhere have its address apart from how the host's programs reach it. */
function serverApart(triggers: Block): Block {
  const { container, ...others } = triggers;
  if (typeof container !== "string" || !isServerElsewhere(container)) return triggers;
  const [address, connection] = container.split("?");
  return { ...others, container: address, connection };
}

/** The names under which two blocks differ. */
function differing(was: object, is: object): string[] {
  const [one, other] = [was as Block, is as Block];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}

function replacesContainer(field: string): boolean {
  const found = containerBlock.attributes[field] ?? containerBlock.blocks?.[field];
  return (found as { forceNew?: boolean } | undefined)?.forceNew === true;
}

interface Provisioner {
  readonly "local-exec": { readonly when?: string; readonly environment: Readonly<Record<string, string>> };
}

const provisionersOf = (block: Block) => (block.provisioner ?? []) as Provisioner[];

/** The inputs of a resource's program that runs when it is destroyed. */
function atDestroy(block: Block): Block {
  const programs = provisionersOf(block).filter((each) => each["local-exec"].when === "destroy");
  const inputs = programs.flatMap((each) => Object.entries(each["local-exec"].environment));
  return Object.fromEntries(inputs.map(([name, value]) => [name.replace(/^INPUT_/, ""), value]));
}

/** The directory of the host's records. */
function recordsOf(blocks: Map<string, Block>): string | undefined {
  const all = [...blocks.values()].flatMap(provisionersOf);
  return all[0]?.["local-exec"].environment.INPUT_records;
}

const stateOf = ({ terraform: { backend, cloud } }: StackJson) => ({ backend, cloud });
