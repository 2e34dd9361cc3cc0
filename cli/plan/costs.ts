import type { Environment } from "../../settings/environment.js";
import { type Find, formerOwner, type Item, isDestroy, isFirst } from "./item.js";
import {
  CLUSTER_READY,
  CLUSTER_SERVICE,
  CONSUMERS,
  CONTAINER,
  DATABASE,
  LAST_BACKUP,
  SECRETS,
  SERVICE,
  SHAPE,
  SITE,
} from "./parts.js";

/** Seconds without an answer, as measured with 0.301.3 on a host with two busy cores (docs/limits.md). */
const TAKE_OVER = 2;
const START = { typical: 25, from: 16, to: 34 };

/** What the plan costs those who use NocoDB, one line each. */
export function costsOf(items: readonly Item[], find: Find, environment: Environment): string[] {
  if (items.length === 0) return [];
  return [...serviceCosts(find, environment), ...sessionCosts(find(SECRETS)), ...consumerCosts(find, environment)];
}

function serviceCosts(find: Find, environment: Environment): string[] {
  const { alias, engine, name } = environment;
  if (isFirst(find)) {
    if (formerOwner(find) === undefined) return ["nothing: NocoDB does not run yet"];
    return ["a NocoDB that the other state has left on the host is replaced", ...replacementCosts(find, alias)];
  }
  const gone = "NocoDB does not answer any more, neither at its site nor to its consumers";
  if (isDestroy(find)) return ["a last backup first", gone];
  if (engine === "swarm" && environment.subdomain !== "") return clusterCosts(find, environment);
  switch (find(CONTAINER)?.action ?? find(CLUSTER_SERVICE)?.action) {
    case "create":
      return ["NocoDB does not answer until its container has started"];
    case "delete":
      return [...(find(LAST_BACKUP)?.action === "delete" ? ["a last backup first"] : []), gone];
    case "replace":
      return [...backupCost(find, name), ...replacementCosts(find, alias)];
    default:
      return restartCosts(find, alias);
  }
}

/** The engine replaces tasks of a service; with several, and no disk of a node, a new one starts before its predecessor. */
function clusterCosts(find: Find, { name, swarm }: Environment): string[] {
  const isNewImage = find(CLUSTER_READY)?.differences.some((each) => each.name === "image") === true;
  const backup = isNewImage
    ? [`a backup first, while the old tasks serve; the way back is npx nocodb-host backup restore ${name}`]
    : ["no backup is made, because the image stays the same"];
  switch (find(CLUSTER_SERVICE)?.action) {
    case "create":
      return ["NocoDB does not answer until a task has started"];
    case "replace":
      return [...backup, "NocoDB does not answer until a task of the new service has started"];
    case "update":
      if (swarm.replicas > 1 && swarm.node === undefined)
        return [...backup, "nothing: each new task answers before its predecessor stops"];
      return [...backup, `NocoDB does not answer if its task is replaced, for about ${START.typical} s`];
    default:
      return ["nothing: NocoDB keeps answering"];
  }
}

function backupCost(find: Find, name: string): string[] {
  const image = find(SHAPE)?.differences.find((each) => each.name === "image");
  if (image === undefined) return ["no backup is made, because the image stays the same"];
  return [`a backup first, while the old container serves; the way back is npx nocodb-host backup restore ${name}`];
}

function replacementCosts(find: Find, alias: string): string[] {
  const hold = /lb_try_duration (\d+)s/.exec(find(SITE)?.texts.text ?? "")?.[1] ?? "60";
  const { from, to } = START;
  return [
    `requests at the site are held while the new container takes over, at most ${hold} s, and then answered`,
    `callers of http://${alias}:8080 get no answer for about ${TAKE_OVER} s, or for ${from} to ${to} s if the host lacks memory for both containers`,
  ];
}

/** The steps that may restart the service: each of them knows only on the host whether it has to. */
function restartCosts(find: Find, alias: string): string[] {
  const restarts = [find(SERVICE), find(SECRETS), find(DATABASE)].some((item) => item?.action === "replace");
  if (!restarts) return ["nothing: NocoDB keeps answering"];
  const { typical } = START;
  return [`if NocoDB is restarted, the site waits and http://${alias}:8080 does not answer for about ${typical} s`];
}

/** Sessions are signed with a secret. */
function sessionCosts(secrets: Item | undefined): string[] {
  const ends = /signs sessions (rotated|set|missing|edited by hand)|secrets missing/.test(secrets?.drift ?? "");
  return ends ? ["sessions end: everybody has to sign in again"] : [];
}

function consumerCosts(find: Find, { consumers }: Environment): string[] {
  const item = find(CONSUMERS);
  if (item === undefined || item.action === "delete") return [];
  return consumers
    .filter(({ recreate }) => recreate !== undefined)
    .map(({ container }) => `container ${container} is created again, if it lacks its token`);
}
