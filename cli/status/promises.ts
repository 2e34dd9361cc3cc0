import { SERVICE } from "../../constructs/nocodb/nocodb-props.js";
import { nocodbSecrets } from "../../constructs/nocodb/secrets.js";
import { versionOf } from "../../constructs/nocodb/version.js";
import { releaseKey } from "../../constructs/service-container/image-reference.js";
import { backupUnitOf, restoreTestUnitOf } from "../../constructs/web-service/backups.js";
import type { Consumer, Environment } from "../../settings/environment.js";
import { placesOf } from "../../settings/places.js";

/** Something that the environment file promises of the host. */
export interface Promised {
  /** Of its row. */
  readonly name: string;
  /** What remote-host/status.sh expects: the kind, and its arguments. */
  readonly line: string;
}

/** MiB that must be free on each disk: room for another image and a backup. */
const LEAST_FREE = 512;

/** What the host is asked, in the order of the table. */
export function promisesOf(environment: Environment): Promised[] {
  const { backups, baseDirectory, postgresql, subdomain } = environment;
  const place = placesOf(environment);
  const secrets = nocodbSecrets(environment.secrets).map(({ name, policy }) => `${name}:${policy}`);
  const unit = backupUnitOf(place);
  const isEnabled = subdomain !== "";
  return [
    promised("docker"),
    promised("work"),
    ...(isEnabled ? served(environment) : [promised("no container", "absent", place.containerName)]),
    promised("database", "database", postgresql.container, postgresql.superuser, postgresql.database),
    promised("files", "kept", "directory", "file"),
    promised("secrets", "secrets", place.secretsDirectory, ...secrets),
    promised("backups", "backups", backups.directory, unit, SERVICE),
    promised("schedule", "schedule", unit, isEnabled ? (backups.schedule ?? "") : ""),
    ...(isEnabled && backups.verify
      ? [promised("restore tests", "schedule", restoreTestUnitOf(place), backups.verify)]
      : []),
    ...(backups.copy
      ? [
          promised(
            "copies",
            "copies",
            backups.directory,
            SERVICE,
            String(backups.copy.keepDays),
            backups.copy.repository,
          ),
        ]
      : []),
    promised("disk", "disk", String(LEAST_FREE), baseDirectory, backups.directory),
    // With NocoDB, its owner marker is removed, so that another state may deploy next.
    ...(isEnabled ? [promised("owner")] : []),
    promised("last deploy", "last_deploy"),
  ];
}

/** The promises of a NocoDB that is enabled. */
function served(environment: Environment): Promised[] {
  const { alias, caddy, consumers, domain, image, memory, networks, postgresql, subdomain } = environment;
  const { containerName } = placesOf(environment);
  const names = Object.values(networks).map(({ name }) => name);
  const { healthPath } = versionOf(image);
  const site = [caddy.container, caddy.caddyfile, `${subdomain}.${domain}`, healthPath];
  return [
    ...(environment.engine === "swarm"
      ? [
          promised("service", "service", containerName, String(environment.swarm.replicas)),
          promised("image", "service_image", containerName, SERVICE, image),
          promised("memory", "service_memory", containerName, String(memory)),
          promised("health", "service_health", containerName),
          promised("networks", "service_networks", containerName, alias, ...names),
        ]
      : [
          promised("container", "container", containerName),
          promised("image", "image", containerName, SERVICE, image, releaseKey(image) || "-"),
          promised("memory", "memory", containerName, String(memory)),
          promised("restarts", "restarts", containerName),
          promised("health", "health", containerName, postgresql.container),
          promised("networks", "networks", containerName, alias, ...names),
        ]),
    promised("site", "site", containerName, ...site, caddy.sitesDirectory ?? ""),
    promised("certificate", "certificate", ...site),
    promised(GATE, "gate", ...site),
    promised("sign-up", "sign_up"),
    ...consumers.map((each) => promised(`consumer ${each.name}`, ...asked(each))),
  ];
}

/** The row with what the host's own addresses are answered; it becomes those of the VPN gate. */
export const GATE = "gate";

function promised(name: string, kind = name, ...words: string[]): Promised {
  return { name, line: [kind, ...words].join(" ").trimEnd() };
}

/** What the host is asked about a consumer. */
function asked(consumer: Consumer): string[] {
  const { name, ownFile, missingFile, envFile } = consumer;
  return ["consumer", name, String(ownFile), missingFile, envFile, rightsOf(consumer)];
}

/** The rights of a consumer's token, in words. */
function rightsOf({ role, bases }: Consumer): string {
  if (role === "super-admin") return "with the super admin's rights";
  const given = Object.entries(bases).map(([title, each]) => `${each} in ${title}`);
  return [...(role === "creator" ? ["may create bases"] : []), ...given].join(", ") || "without a base";
}
