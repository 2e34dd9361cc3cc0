import { sshAddress } from "../../constructs/remote-host/ssh.js";
import type { Environment } from "../../settings/environment.js";
import { consumersLines } from "./consumers-lines.js";
import { costsOf } from "./costs.js";
import { dataOf } from "./data.js";
import type { Description, Line } from "./description.js";
import { type Difference, differenceText } from "./differences.js";
import { type Find, formerOwner, goneUnnoticed, type Item, isDestroy, isFirst, itemsOf, settingsOf } from "./item.js";
import {
  CLUSTER_FILES,
  CLUSTER_HEALTHY,
  CLUSTER_SERVICE,
  CONSUMERS,
  CONTAINER,
  CONTAINER_OUTPUT,
  ENV_FILE,
  IMAGE,
  SERVICE,
  SHAPE,
  SHOWN_BY_STEPS,
  STATE,
} from "./parts.js";
import type { PlanJson } from "./plan-json.js";

/** Describes a plan. Every change of it is in `terraform`, and in one line at least of `changes`, `deleted` or `raw`. */
export function describe(plan: PlanJson, environment: Environment): Description {
  const items = itemsOf(plan);
  const find = (base: string) => items.find((each) => each.base === base && each.part !== undefined);
  const { lines, removals, raw } = sorted(items, find, environment.image);
  const { kept, deleted } = dataOf(items, find, environment);
  return {
    environment: environment.name,
    host: sshAddress(environment.ssh),
    title: titleOf(items, find),
    hasChanges: items.length > 0,
    obstacles: alreadyManaged(find, environment.name),
    changes: lines,
    costs: costsOf(items, find, environment),
    kept,
    deleted: [...removals, ...deleted],
    raw: [...raw, ...goneUnnoticed(plan, items).map((address) => line(`${address}: is gone on the host`, [address]))],
    terraform: Object.fromEntries(
      [...new Set(items.map(({ action }) => action))].map((action) => [
        action,
        items.filter((each) => each.action === action).map(({ address }) => address),
      ]),
    ),
  };
}

const line = (text: string, addresses: readonly string[], why: readonly string[] = []): Line => ({
  ...{ text, why: [...new Set(why)], addresses },
});

function sorted(items: readonly Item[], find: Find, pinned: string) {
  const found = { lines: [] as Line[], removals: [] as Line[], raw: [] as Line[] };
  const silent: Item[] = [];
  for (const item of items) {
    const { part, action, address, base } = item;
    const text = part?.lines[action]?.(item.texts, item.former);
    const why = whyOf(item, find);
    if (part?.of !== undefined && isTold(find(part.of))) continue;
    if ((base === CONTAINER || base === CLUSTER_SERVICE) && part && text !== undefined) {
      const line = base === CONTAINER ? containerLine(item, items, find, pinned) : clusterLine(item, text, items);
      (part.removes?.includes(action) ? found.removals : found.lines).push(line);
    } else if (base === CONSUMERS && part && text !== undefined) {
      const { changes, removals } = consumersLines(item, text, why);
      found.lines.push(...changes);
      found.removals.push(...removals);
    } else if (text !== undefined) {
      (part?.removes?.includes(action) ? found.removals : found.lines).push(line(text, [address], why));
    } else if (item.isForgotten || (part && isForTerraform(item))) silent.push(item);
    else found.raw.push(rawLine(item));
  }
  if (silent.length > 0) {
    const addresses = silent.map(({ address }) => address);
    found.lines.push(line(`Terraform's own notes are brought up to date (${silent.length})`, addresses));
  }
  return found;
}

/** Whether an item has a line of its own, which tells what belongs to it as well. */
const isTold = (item: Item | undefined) => item?.part?.lines[item.action] !== undefined;

function whyOf(item: Item, find: Find): string[] {
  const isOutput = item.base.startsWith("output.");
  const hasVariables = find(SHAPE)?.differences.some(({ name }) => name.startsWith("env ")) === true;
  const isShown = ({ name }: Difference) => isOutput || (item.base === ENV_FILE && name === "content" && hasVariables);
  // Of a disabled NocoDB, the line of the container has the reason.
  const isReason = (text: string) =>
    !(find(CONTAINER)?.action === "delete" && /^not in the (configuration|settings)/.test(text));
  const why = [...settingsOf(item, isShown), ...item.reasons.filter(isReason)];
  if (item.base === ENV_FILE && hasVariables) why.unshift("content: the variables of NocoDB's line");
  const follows = item.differences.filter(({ isUnknown }) => isUnknown).map(({ name }) => name);
  if (item.action !== "replace" || why.length > 0 || follows.length === 0) return why;
  return [`follows from another change: ${follows.join(", ")}`];
}

/**
 * Whether an item without a line says nothing to an operator: the id of the container, and nothing but values that follow
 * from other changes.
 */
function isForTerraform(item: Item): boolean {
  if (item.base === CONTAINER_OUTPUT) return true;
  if (!["create", "read", "replace", "delete", "update"].includes(item.action)) return false;
  const isPlain = item.reasons.every((reason) => reason.startsWith("not in "));
  return isPlain && settingsOf(item, ({ isUnknown }) => isUnknown).length === 0;
}

function rawLine(item: Item): Line {
  const { address, action, differences, reasons } = item;
  const why = action === "delete" ? reasons : [...differences.flatMap(differenceText), ...reasons];
  return line(`${address}: ${action}`, [address], why);
}

/** The line of the container, with everything that belongs to it. */
function containerLine(container: Item, items: readonly Item[], find: Find, pinned: string): Line {
  const own = items.filter(({ base, part }) => base === CONTAINER || part?.of === CONTAINER);
  const steps = [...(find(SHAPE)?.differences ?? []), ...(find(SERVICE)?.differences ?? [])];
  const isCovered = ({ name }: Difference) => steps.some((step) => SHOWN_BY_STEPS[name]?.test(step.name));
  const stepSettings = own
    .filter(({ base }) => base === SHAPE || base === SERVICE)
    // The image is in the headline.
    .flatMap((step) => settingsOf(step, ({ name, isUnknown }) => isUnknown || name === "image"));
  const settings = [...stepSettings, ...settingsOf(container, isCovered), ...repetitions(own)];
  const why =
    container.action === "delete" ? container.reasons : [...settings, ...own.flatMap(({ reasons }) => reasons)];
  // The container's own `image` is an id.
  const image = find(SHAPE)?.texts.image ?? find(IMAGE)?.texts.name ?? pinned;
  const text =
    container.part?.lines[container.action]?.({ ...container.texts, image }, container.former) ?? container.address;
  return line(
    text + headline(find(SHAPE), container),
    own.map(({ address }) => address),
    why,
  );
}

/** The line of the service of a cluster, with everything that belongs to it. */
function clusterLine(service: Item, text: string, items: readonly Item[]): Line {
  const own = items.filter(({ base, part }) => base === CLUSTER_SERVICE || part?.of === CLUSTER_SERVICE);
  // The step that waits has the variables, one by one.
  const isFiles = ({ base }: Item) => base === CLUSTER_FILES;
  const settings = own
    .filter((item) => !isFiles(item))
    .flatMap((item) => settingsOf(item, ({ isUnknown }) => isUnknown && item.base === CLUSTER_HEALTHY));
  const contents = own.find(isFiles)?.differences.some(({ name }) => name === "contents") === true;
  const why = [
    ...(service.action === "delete" ? [] : settings),
    ...(contents && service.action === "update" && settings.length === 0 ? ["files of the tasks: new contents"] : []),
    ...own.flatMap(({ reasons }) => reasons),
  ];
  return line(
    text,
    own.map(({ address }) => address),
    service.action === "delete" ? service.reasons : why,
  );
}

/** Steps around the container repeat settings that other lines show. */
function repetitions(own: readonly Item[]): string[] {
  const others = own.filter(({ base, action }) => ![CONTAINER, SHAPE, SERVICE].includes(base) && action !== "create");
  const names = others.flatMap(({ differences }) => differences.filter(({ isUnknown }) => !isUnknown));
  const all = new Set(names.map(({ name }) => name).filter((name) => !["image", "name", "value"].includes(name)));
  return all.size === 0 ? [] : [`repeated in steps around it: ${[...all].join(", ")}`];
}

/** What replaces the container, in a few words. */
function headline(shape: Item | undefined, { action }: Item): string {
  if (action !== "replace" || shape === undefined) return "";
  const settings = shape.differences.filter(({ name, isUnknown }) => !isUnknown && name !== "status");
  const image = settings.find(({ name }) => name === "image");
  const variables = settings.flatMap(({ name }) => (name.startsWith("env ") ? [name.slice("env ".length)] : []));
  const parts = [
    ...(image ? [`image ${image.before} to ${image.after}`] : []),
    ...(variables.length > 0 ? [`variables ${variables.join(", ")}`] : []),
  ];
  return parts.length === 0 ? "" : `; ${parts.join("; ")}`;
}

/** The host's mark of ownership, which the probe has read. */
function alreadyManaged(find: Find, name: string): Line[] {
  const owner = formerOwner(find);
  if (owner === undefined) return [];
  const why = [
    "the deploy continues only if that state was here and is lost",
    `if it was elsewhere and is lost: npx nocodb-host state release ${name}`,
  ];
  return [line(`the host is managed already by ${owner}`, [find(STATE)!.address], why)];
}

function titleOf(items: readonly Item[], find: Find): string {
  if (items.length === 0) return "nothing to do";
  if (isFirst(find)) return `NocoDB is deployed for the first time${formerOwner(find) ? " by this state" : ""}`;
  if (isDestroy(find)) return "NocoDB is removed";
  const [container, service] = [find(CONTAINER)?.action, find(CLUSTER_SERVICE)?.action];
  if (container === "delete" && service === "create") return "NocoDB moves into the cluster";
  if (container === "create" && service === "delete") return "NocoDB moves out of the cluster";
  switch (container ?? service) {
    case "create":
      return "NocoDB is started again";
    case "replace":
      return "NocoDB is replaced";
    case "update":
      return "NocoDB is changed while it runs";
    case "delete":
      return "NocoDB is disabled, and its data stays";
    default:
      if (find(CLUSTER_HEALTHY)) return "NocoDB is checked";
      return find(SERVICE) ? "NocoDB is checked, and restarted if it must be" : "NocoDB keeps running";
  }
}
