import type { Environment } from "../../settings/environment.js";
import { placesOf } from "../../settings/places.js";
import type { Line } from "./description.js";
import { type Find, type Item, isDestroy, isFirst } from "./item.js";
import { RETENTION } from "./parts.js";

/** NocoDB's data: what a plan keeps, and what it deletes. Only a destroy deletes any, if `onDestroy` says so. */
export function dataOf(items: readonly Item[], find: Find, environment: Environment) {
  const { postgresql, onDestroy, backups } = environment;
  const { dataDirectory, secretsDirectory, environmentFile } = placesOf(environment);
  const data = [
    ["database", `database ${postgresql.database} with NocoDB's users and bases, secrets in ${secretsDirectory}`],
    ["data", `NocoDB's files in ${dataDirectory}`],
    ["backups", `backups in ${backups.directory}`],
  ] as const;
  const isDeleted = (name: keyof Environment["onDestroy"]) => isDestroy(find) && onDestroy[name] === "delete";
  const deleted: Line[] = data
    .filter(([name]) => isDeleted(name))
    .map(([name, text]) => ({
      text: name === "database" ? `${text}, and ${environmentFile}` : text,
      why: [`onDestroy.${name}: delete in the environment file`],
      addresses: items.filter(({ base }) => base === RETENTION).map(({ address }) => address),
    }));
  if (items.length === 0 || isFirst(find)) return { kept: [], deleted };
  return { kept: data.filter(([name]) => !isDeleted(name)).map(([, text]) => text), deleted };
}
