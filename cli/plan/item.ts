import { type Difference, differencesOf, differenceText, mapOf, SENSITIVE, textOf } from "./differences.js";
import { FILLED_IN, PARTS, type Part, RETENTION, STATE, type Texts } from "./parts.js";
import { type Action, actionOf, type Change, type PlanJson, type ResourceChange, type Values } from "./plan-json.js";

/** One change of a plan. */
export interface Item {
  readonly address: string;
  /** The address without the key of for_each. */
  readonly base: string;
  readonly action: Action;
  readonly part: Part | undefined;
  /** A step that an interrupted replacement has left over. To delete it does nothing on the host. */
  readonly isForgotten: boolean;
  readonly texts: Texts;
  /** The same before the deploy. */
  readonly former: Texts;
  readonly differences: readonly Difference[];
  /** Words that say what differs on the host. */
  readonly drift: string | undefined;
  /** Reasons other than settings, one line each. */
  readonly reasons: readonly string[];
}

/** Finds a plan's change by its address without a key. */
export type Find = (base: string) => Item | undefined;

/** Every change of a plan, in the order of the table of parts; what it does not know comes last. */
export function itemsOf(plan: PlanJson): Item[] {
  const all = plan.resource_changes ?? [];
  const hasState = all.some(({ mode, change }) => mode === "managed" && !["create", "read"].includes(actionOf(change)));
  const outside = new Map((plan.resource_drift ?? []).map((each) => [each.address, each]));
  const resources = all
    .filter(({ change, previous_address }) => actionOf(change) !== "none" || change.importing || previous_address)
    .map((each) => resourceItem(each, outside.get(each.address), hasState));
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, change]) => actionOf(change) !== "none")
    .map(([name, change]) => outputItem(name, change));
  return [...resources, ...outputs].sort((one, other) => place(one) - place(other));
}

const ORDER = Object.keys(PARTS);
const place = ({ base, part }: Item) => (part === undefined ? ORDER.length : ORDER.indexOf(base));

/** Whether everything of an environment is removed, not just NocoDB disabled. */
export function isDestroy(find: Find): boolean {
  return find(RETENTION)?.action === "delete" && find(STATE)?.action === "delete";
}

/** Whether nothing of this environment is in the state yet. */
export function isFirst(find: Find): boolean {
  return find(STATE)?.action === "create";
}

/** The state that manages the host already, in words of the probe, if the plan is that of a new state. */
export function formerOwner(find: Find): string | undefined {
  return isFirst(find) ? find(STATE)?.differences.find(({ name }) => name === "already_managed_by")?.after : undefined;
}

/** The resources of the state that are gone on the host, and that the plan does not create again. */
export function goneUnnoticed({ resource_drift = [] }: PlanJson, items: readonly Item[]): string[] {
  const known = new Set(items.map(({ address }) => address));
  return resource_drift
    .filter(({ change, address }) => actionOf(change) === "delete" && !known.has(address))
    .map(({ address }) => address);
}

function resourceItem(resource: ResourceChange, outside: ResourceChange | undefined, hasState: boolean): Item {
  const { address, change } = resource;
  const base = `${resource.mode === "data" ? "data." : ""}${resource.type}.${resource.name}`;
  const action = actionOf(change);
  const differences = differencesOf(change).map((each) => ({
    ...each,
    isNominal:
      each.isNominal || (each.after === undefined && !each.isUnknown && FILLED_IN[base]?.test(each.name) === true),
  }));
  const drift = driftOf(action, differences);
  const isUpdated = outside !== undefined && actionOf(outside.change) === "update" && action !== "delete";
  const outsideDifferences = isUpdated ? differencesOf(outside.change) : [];
  const changedByHand = outsideDifferences
    .filter(({ isNominal, name }) => !isNominal && differences.some((each) => each.name === name && !each.isNominal))
    .map(({ name }) => name);
  const isGone = outside !== undefined && actionOf(outside.change) === "delete";
  const reasons = [
    ...(drift === undefined ? [] : [`drift: ${drift}`]),
    ...(isGone ? ["drift: removed on the host by hand"] : []),
    ...(changedByHand.length > 0 ? [`drift: changed on the host by hand: ${changedByHand.join(", ")}`] : []),
    ...reasonsOf(resource),
    ...(action === "create" && hasState && !isGone
      ? ["not in the state: new, or the last deploy stopped before it"]
      : []),
  ];
  // A leftover is not the resource itself.
  const part = resource.deposed === undefined ? PARTS[base] : undefined;
  const isForgotten = resource.deposed !== undefined && action === "delete" && doesNothingAtEnd(base);
  return { address, base, action, part, isForgotten, ...textsOf(change), differences, drift, reasons };
}

/** Whether it is a step that runs nothing when Terraform deletes it. */
const doesNothingAtEnd = (base: string) =>
  base.startsWith("null_resource.") && PARTS[base] !== undefined && PARTS[base].lines.delete === undefined;

function outputItem(name: string, change: Change): Item {
  const address = `output.${name}`;
  const values = { before: { value: change.before }, after: { value: change.after } };
  const shadows = {
    after_unknown: { value: change.after_unknown },
    before_sensitive: { value: change.before_sensitive },
    after_sensitive: { value: change.after_sensitive },
  };
  const wrapped = { ...change, ...values, ...shadows };
  return {
    ...{ address, base: address, action: actionOf(change), part: PARTS[address], ...textsOf(wrapped) },
    ...{ differences: differencesOf(wrapped), drift: undefined, reasons: [], isForgotten: false },
  };
}

/** A step keeps the words for which it ran last, so only a change of them says that something differs now. */
function driftOf(action: Action, differences: readonly Difference[]): string | undefined {
  const status = differences.find(({ name }) => name === "status");
  return action === "replace" && status?.before !== undefined ? status.after : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: "retry: the last deploy failed in it",
  replace_by_request: "asked for with -replace",
  replace_because_cannot_update: "",
  replace_by_triggers: "",
  delete_because_no_resource_config: "not in the configuration any more",
  delete_because_each_key: "not in the settings any more",
  read_because_config_unknown: "",
  read_because_dependency_pending: "",
};

function reasonsOf({ action_reason: reason, previous_address: former, deposed, change }: ResourceChange): string[] {
  return [
    reason === undefined ? "" : (REASONS[reason] ?? `reason: ${reason}`),
    former === undefined ? "" : `known in the state as ${former} until now`,
    deposed === undefined ? "" : `left over from an interrupted replacement (${deposed})`,
    change.importing === undefined ? "" : `taken over from the host: ${change.importing.id ?? "(unknown)"}`,
  ].filter((text) => text !== "");
}

/** The values after the deploy, or before it if there are none afterwards; and those before it. */
function textsOf(change: Change): { texts: Texts; former: Texts } {
  const [before, after] = [flat(change.before), flat(change.after)];
  const sensitive = { ...flat(change.before_sensitive), ...flat(change.after_sensitive) };
  const unknown = flat(change.after_unknown);
  const known = (values: Values) =>
    Object.entries(values).filter(([name, value]) => value !== null && unknown[name] !== true);
  const texts = (values: Values) =>
    withDefault(
      Object.fromEntries(
        known(values).map(([name, value]) => [name, sensitive[name] === true ? SENSITIVE : textOf(value)!]),
      ),
    );
  return { texts: texts({ ...before, ...after }), former: texts(before) };
}

/** Attributes and triggers beside each other. */
function flat(value: unknown): Values {
  const { triggers, ...others } = mapOf(value);
  return { ...others, ...mapOf(triggers) };
}

function withDefault(texts: Readonly<Record<string, string>>): Texts {
  return new Proxy(texts, { get: (all, name) => all[name as string] ?? "(known after the deploy has begun)" });
}

/** What differs in its settings, one line each; nothing of a new or deleted resource, whose line shows them. */
export function settingsOf({ action, differences }: Item, isElsewhere = (_: Difference) => false): string[] {
  if (action === "create" || action === "delete") return [];
  const shown = differences.filter(
    (each) => each.name !== "status" && !(each.isUnknown && action === "replace") && !isElsewhere(each),
  );
  const nominal = shown.filter(({ isNominal }) => isNominal).map(({ name }) => name);
  return [
    ...shown.filter(({ isNominal }) => !isNominal).flatMap(differenceText),
    ...(nominal.length > 0 ? [`the same in effect, though Terraform lists it: ${nominal.join(", ")}`] : []),
  ];
}
