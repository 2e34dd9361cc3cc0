import type { Change, PlanJson, ResourceChange } from "../../../../cli/plan/plan-json.js";

type Values = Readonly<Record<string, unknown>>;

export const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  create: ["create"],
  replace: ["delete", "create"],
  update: ["update"],
  delete: ["delete"],
};

/** A change of a resource, as in Terraform's plan. @param over further properties of the resource or of its change */
export function changed(
  address: string,
  action: string,
  before: Values | null,
  after: Values | null,
  { change, ...over }: Omit<Partial<ResourceChange>, "change"> & { change?: Partial<Change> } = {},
): ResourceChange {
  const [, data, type = "", name = ""] = /^(data\.)?(\w+)\.(\w+)/.exec(address) ?? [];
  return {
    ...{ address, mode: data ? "data" : "managed", type, name },
    change: { actions: ACTIONS[action] ?? [action], before, after, after_unknown: {}, ...change },
    ...over,
  };
}

/** A step that runs again, because triggers differ. A value `undefined` is unknown before the apply. */
export function step(
  name: string,
  before: Values,
  after: Values,
  over: Omit<Partial<ResourceChange>, "change"> = {},
): ResourceChange {
  const unknown = Object.keys(after).filter((key) => after[key] === undefined);
  return changed(
    `null_resource.${name}`,
    "replace",
    { id: "1", triggers: before },
    { triggers: known(after) },
    {
      ...over,
      change: { after_unknown: { id: true, triggers: Object.fromEntries(unknown.map((key) => [key, true])) } },
    },
  );
}

const known = (values: Values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

export function planOf(...changes: readonly ResourceChange[]): PlanJson {
  return { format_version: "1.2", resource_changes: changes };
}
