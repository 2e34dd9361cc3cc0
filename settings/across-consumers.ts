import { type Consumer, withSuperAdmin } from "./consumers.js";
import { configDirectory, withDefaults } from "./defaults.js";
import { consumerName, projectName } from "./names.js";
import { hostPath } from "./paths.js";
import { joinPath, type Placed } from "./problems.js";
import type { EnvironmentFile } from "./schema.js";

type Written = EnvironmentFile["consumers"];

/** What can be compared of consumers that may be wrong in every way: of each, the settings that have the right type. */
export function comparable(consumers: unknown): Written {
  const entries = Object.entries(mapping(consumers)).map(([name, consumer]) => {
    const { bases, ownFile, ...others } = mapping(consumer);
    const texts = Object.entries(others).filter(([, value]) => typeof value === "string");
    return [name, { ...Object.fromEntries(texts), bases: mapping(bases), ownFile: ownFile === true }];
  });
  return Object.fromEntries(entries);
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** What is wrong between a consumer and the rest of the file; of `consumers` only what `comparable` leaves. */
export function consumerRules(name: string, file: EnvironmentFile): Placed[] {
  const rules = [nameRules, rightsRules, ownFileRules, adminRules];
  // Defaults that begin with a wrong project would only say the same again.
  const settled = typeof file.project === "string" && projectName(file.project) === undefined;
  if (settled) rules.push(envFileRules, hostContainerRules);
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
      const message = "hands every user, setting and base of NocoDB to this consumer";
      const remedy = `write creator or viewer, or set acknowledgements.${withSuperAdmin} to the reason`;
      found.push([["consumers", name, "role"], { message, remedy }]);
    }
    if (Object.keys(bases).length > 0) {
      const message = "has no meaning with role: super-admin, which has every base";
      found.push([["consumers", name, "bases"], { message, remedy: "remove it, or write another role" }]);
    }
    return found;
  });
}

function ownFileRules(_name: string, { consumers }: EnvironmentFile): Placed[] {
  const message = "has no meaning with ownFile: true, where the file is always created";
  return Object.entries(consumers)
    .filter(([, { ownFile, missingFile }]) => ownFile && missingFile === "error")
    .map(([name]) => [["consumers", name, "missingFile"], { message, remedy: "remove the line" }]);
}

function adminRules(_name: string, { admin }: EnvironmentFile): Placed[] {
  if (!/@consumers\.invalid$/i.test(String(admin.email))) return [];
  const message = "is in the domain of the consumers' own users";
  return [[["admin", "email"], { message, remedy: "set an address that somebody reads, such as admin@example.com" }]];
}

/** Whether one path is the other, lies in it or holds it. */
const meets = (one: string, other: string) => `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);

function envFileRules(name: string, file: EnvironmentFile): Placed[] {
  const { baseDirectory, caddy } = withDefaults(name, file);
  if (typeof baseDirectory !== "string" || hostPath(baseDirectory) !== undefined) return [];
  const places: [place: unknown, whose: string][] = [
    [configDirectory({ baseDirectory }), "<baseDirectory>/configs/nocodb, which is NocoDB's own"],
    [`${baseDirectory}/data/nocodb`, "<baseDirectory>/data/nocodb, which is NocoDB's own"],
    [caddy.caddyfile, "the Caddyfile"],
    [caddy.sitesDirectory, "caddy.sitesDirectory, which Caddy imports"],
  ];
  const occupied = (envFile: string): string | undefined => {
    if (!envFile.startsWith(`${baseDirectory}/`)) return "is not in baseDirectory";
    const [place, whose] = places.find(([place]) => typeof place === "string" && meets(place, envFile)) ?? [];
    if (place === undefined) return undefined;
    if (place === envFile) return `is ${whose}`;
    return envFile.startsWith(`${place}/`) ? `is in ${whose}` : `is a directory, which holds ${whose}`;
  };
  return conflicts(name, file, "envFile", {
    occupied: (envFile) => (hostPath(envFile) === undefined ? occupied(envFile) : undefined),
    same: meets,
    byDefault: "a file in <baseDirectory>/configs/<name>",
    remedy: "name a file in baseDirectory that only this consumer's container reads",
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
    remedy: "name the container of this consumer",
  });
}

interface Rule {
  /** Says what is wrong with a value by itself. */
  occupied: (value: string) => string | undefined;
  same: (one: string, other: string) => boolean;
  byDefault: string;
  remedy: string;
}

/** One finding a consumer; of two that want the same, the one that was written, or the later by name, is told. */
function conflicts(name: string, file: EnvironmentFile, key: "envFile" | "container", rule: Rule): Placed[] {
  const { consumers } = withDefaults(name, file);
  const isWritten = (consumer: Consumer) => file.consumers[consumer.name]?.[key] !== undefined;
  return consumers.flatMap((consumer, index): Placed[] => {
    const rival = consumers
      .filter((other, at) => isWritten(consumer) && at !== index && (at < index || !isWritten(other)))
      .find((other) => rule.same(consumer[key], other[key]));
    const wrong = rule.occupied(consumer[key]) ?? (rival && `is that of ${joinPath(["consumers", rival.name])} too`);
    if (wrong === undefined) return [];
    const message = isWritten(consumer) ? wrong : `defaults to ${rule.byDefault}, and that ${wrong}`;
    return [[["consumers", consumer.name, key], { message, remedy: rule.remedy }]];
  });
}
