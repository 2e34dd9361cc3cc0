import { type Consumer, withSuperAdmin } from "../consumers.js";
import { withDefaults } from "../defaults.js";
import { joinPath, type Placed } from "../diagnostics/problems.js";
import { placesOf } from "../places.js";
import type { EnvironmentFile } from "../schema.js";
import { mapping } from "./checks.js";
import { consumerName, projectName } from "./names.js";
import { hostPath } from "./paths.js";

type Written = EnvironmentFile["consumers"];

/** The settings of each consumer that have the right type, so that consumers can be compared even if others are invalid. */
export function comparable(consumers: unknown): Written {
  const entries = Object.entries(mapping(consumers)).map(([name, consumer]) => {
    const { bases, ownFile, ...others } = mapping(consumer);
    const texts = Object.entries(others).filter(([, value]) => typeof value === "string");
    return [name, { ...Object.fromEntries(texts), bases: mapping(bases), ownFile: ownFile === true }];
  });
  return Object.fromEntries(entries);
}

/** Checks consumers against each other and the rest of the file; expects `consumers` as `comparable` returns it. */
export function consumerRules(name: string, file: EnvironmentFile): Placed[] {
  const rules = [nameRules, rightsRules, ownFileRules, adminRules];
  // Defaults that start with an invalid project would only repeat its problem.
  const hasDefaults = typeof file.project === "string" && projectName(file.project) === undefined;
  if (hasDefaults) rules.push(envFileRules, hostContainerRules);
  return rules.flatMap((rule) => rule(name, file));
}

function nameRules(_name: string, { consumers }: EnvironmentFile): Placed[] {
  return Object.keys(consumers).flatMap((name): Placed[] => {
    const finding = consumerName(name);
    return finding === undefined ? [] : [[["consumers", name], finding]];
  });
}

function rightsRules(_name: string, { consumers, acknowledgements }: EnvironmentFile): Placed[] {
  const admins = Object.entries(consumers).filter(([, { role }]) => role === "super-admin");
  return admins.flatMap(([name, { bases }]) => {
    const found: Placed[] = [];
    if (acknowledgements[withSuperAdmin] === undefined) {
      const message = "gives this consumer every user, setting and base of NocoDB";
      const remedy = `write creator or viewer, or set acknowledgements.${withSuperAdmin} to the reason`;
      found.push([["consumers", name, "role"], { message, remedy }]);
    }
    if (Object.keys(bases).length > 0) {
      const message = "has no effect with role: super-admin, which has every base";
      found.push([["consumers", name, "bases"], { message, remedy: "remove it, or write another role" }]);
    }
    return found;
  });
}

function ownFileRules(_name: string, { consumers }: EnvironmentFile): Placed[] {
  const message = "has no effect with ownFile: true, which always creates the file";
  return Object.entries(consumers)
    .filter(([, { ownFile, missingFile }]) => ownFile && missingFile === "error")
    .map(([name]) => [["consumers", name, "missingFile"], { message, remedy: "remove the line" }]);
}

function adminRules(_name: string, { admin }: EnvironmentFile): Placed[] {
  if (!/@consumers\.invalid$/i.test(String(admin.email))) return [];
  const message = "is in the domain reserved for the consumers' users";
  return [[["admin", "email"], { message, remedy: "set an address that someone reads, such as admin@example.com" }]];
}

/** Whether the paths are equal or one contains the other. */
const overlap = (one: string, other: string) => `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);

function envFileRules(name: string, file: EnvironmentFile): Placed[] {
  const { project, baseDirectory, caddy } = withDefaults(name, file);
  if (typeof baseDirectory !== "string" || hostPath(baseDirectory) !== undefined) return [];
  const { configDirectory, dataDirectory } = placesOf({ project, baseDirectory });
  const places: [place: unknown, whose: string][] = [
    [configDirectory, "<baseDirectory>/configs/nocodb, which belongs to NocoDB"],
    [dataDirectory, "<baseDirectory>/data/nocodb, which belongs to NocoDB"],
    [caddy.caddyfile, "the Caddyfile"],
    [caddy.sitesDirectory, "caddy.sitesDirectory, which Caddy imports"],
  ];
  const occupied = (envFile: string): string | undefined => {
    if (!envFile.startsWith(`${baseDirectory}/`)) return "is not in baseDirectory";
    const [place, whose] = places.find(([place]) => typeof place === "string" && overlap(place, envFile)) ?? [];
    if (place === undefined) return undefined;
    if (place === envFile) return `is ${whose}`;
    return envFile.startsWith(`${place}/`) ? `is in ${whose}` : `is a directory that contains ${whose}`;
  };
  return conflicts(name, file, "envFile", {
    occupied: (envFile) => (hostPath(envFile) === undefined ? occupied(envFile) : undefined),
    same: overlap,
    byDefault: "a file in <baseDirectory>/configs/<name>",
    remedy: "set a file in baseDirectory that only this consumer's container reads",
  });
}

function hostContainerRules(name: string, file: EnvironmentFile): Placed[] {
  const { project, postgresql, caddy } = withDefaults(name, file);
  const others: Record<string, string> = {
    [caddy.container]: "is the container of Caddy",
    [postgresql.container]: "is the container of PostgreSQL",
    [`${project}_nocodb`]: "is the container of NocoDB itself",
  };
  return conflicts(name, file, "container", {
    occupied: (container) => (Object.hasOwn(others, container) ? others[container] : undefined),
    same: (one, other) => one === other,
    byDefault: "<project>_<name>",
    remedy: "set the container of this consumer",
  });
}

interface Rule {
  /** The problem of a value, whatever other consumers have. */
  occupied: (value: string) => string | undefined;
  same: (one: string, other: string) => boolean;
  byDefault: string;
  remedy: string;
}

/** At most one finding per consumer. Of two with the same value, the one that sets it is reported, or the later by name. */
function conflicts(name: string, file: EnvironmentFile, key: "envFile" | "container", rule: Rule): Placed[] {
  const { consumers } = withDefaults(name, file);
  const isWritten = (consumer: Consumer) => file.consumers[consumer.name]?.[key] !== undefined;
  return consumers.flatMap((consumer, index): Placed[] => {
    const rival = consumers
      .filter((other, at) => isWritten(consumer) && at !== index && (at < index || !isWritten(other)))
      .find((other) => rule.same(consumer[key], other[key]));
    const wrong = rule.occupied(consumer[key]) ?? (rival && `is also that of ${joinPath(["consumers", rival.name])}`);
    if (wrong === undefined) return [];
    const message = isWritten(consumer) ? wrong : `defaults to ${rule.byDefault}, which ${wrong}`;
    return [[["consumers", consumer.name, key], { message, remedy: rule.remedy }]];
  });
}
