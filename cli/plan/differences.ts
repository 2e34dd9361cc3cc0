import { actionOf, type Change, type Values } from "./plan-json.js";

/** An attribute, or one entry of a step's triggers, that has another value after the apply. */
export interface Difference {
  /** `memory`; `triggers.image` is shown as `image`. */
  readonly name: string;
  /** Undefined if it had none, or will have none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The value is known only after the apply. */
  readonly isUnknown: boolean;
  /** Terraform lists it, but it is the same in effect: empty before, and not set afterwards. */
  readonly isNominal: boolean;
}

export const SENSITIVE = "(sensitive)";

/**
 * What differs in a resource. A map `triggers` counts by its entries. Of a new object, what only the apply can tell says
 * nothing, unless it is a trigger: that leads to the resource which causes the change.
 */
export function differencesOf(change: Change): Difference[] {
  const [before, after] = [mapOf(change.before), mapOf(change.after)];
  const unknown = mapOf(change.after_unknown);
  const sensitive = [mapOf(change.before_sensitive), mapOf(change.after_sensitive)] as const;
  const isNew = actionOf(change) !== "update";
  const triggers = (values: Values) => mapOf(values.triggers);
  return [
    ...compare(before, after, unknown, sensitive).filter(
      ({ name, isUnknown }) => name !== "triggers" && !(isUnknown && isNew),
    ),
    ...compare(triggers(before), triggers(after), triggers(unknown), [triggers(sensitive[0]), triggers(sensitive[1])]),
  ];
}

/** A mapping; what is none, such as null, has no entries. */
export function mapOf(value: unknown): Values {
  return typeof value === "object" && value !== null ? (value as Values) : {};
}

function compare(before: Values, after: Values, unknown: Values, sensitive: readonly [Values, Values]): Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)]);
  return [...names].sort().flatMap((name) => {
    const isUnknown = holdsTrue(unknown[name]);
    const isSame = JSON.stringify(before[name] ?? null) === JSON.stringify(after[name] ?? null);
    if (isSame && !isUnknown) return [];
    const hidden = sensitive.some((shadow) => holdsTrue(shadow[name]));
    const text = (value: unknown) => (hidden && value !== undefined && value !== null ? SENSITIVE : textOf(value));
    const isNominal = !isUnknown && JSON.stringify(filled(before[name])) === JSON.stringify(filled(after[name]));
    return [
      { name, before: text(before[name]), after: isUnknown ? undefined : text(after[name]), isUnknown, isNominal },
    ];
  });
}

/** A value without what is empty in it: providers read back 0, "" and [] for what is not set. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(filled);
  if (typeof value !== "object" || value === null) return value || undefined;
  const entries = Object.entries(value).map(([name, each]) => [name, filled(each)] as const);
  const kept = entries.filter(([, each]) => each !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function holdsTrue(shadow: unknown): boolean {
  if (typeof shadow !== "object" || shadow === null) return shadow === true;
  return Object.values(shadow).some(holdsTrue);
}

/** A value as a text; undefined for none. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** How many changed lines of a long value are shown. */
const SHOWN_LINES = 6;
/** Characters of a value that are shown. */
const SHOWN_LENGTH = 160;

/** A difference in words: one line, or for a text of several lines its changed lines below. */
export function differenceText({ name, before, after, isUnknown }: Difference): string[] {
  if (isUnknown)
    return [`${name}: ${before === undefined ? "" : `${shown(before)} -> `}known after the deploy has begun`];
  if (!`${before ?? ""}${after ?? ""}`.includes("\n")) return [`${name}: ${shown(before)} -> ${shown(after)}`];
  const [old, next] = [before, after].map((text = "") => text.split("\n"));
  const gone = old!.filter((line) => !next!.includes(line)).map((line) => `- ${line}`);
  const added = next!.filter((line) => !old!.includes(line)).map((line) => `+ ${line}`);
  const lines = [...gone, ...added].map((line) => cut(line));
  if (lines.length === 0) return [`${name}: the order of its lines, or how often they occur`];
  const rest = lines.length - SHOWN_LINES;
  return [`${name}:`, ...lines.slice(0, SHOWN_LINES), ...(rest > 0 ? [`… ${rest} more changed lines`] : [])];
}

const shown = (text: string | undefined) => (text === undefined ? "(none)" : text === "" ? '""' : cut(text));

const cut = (text: string) => (text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
