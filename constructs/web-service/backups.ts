import type { BackupPolicy } from "../backup/backup-policy.js";
import type { ServicePlace } from "./web-service-props.js";

/** Path of a service's env file on the host. */
export function environmentFileOf({ configDirectory, name }: Pick<ServicePlace, "configDirectory" | "name">): string {
  return `${configDirectory}/${name}.env`;
}

/** The directory of a service's secrets on the host. */
export function secretsDirectoryOf({ configDirectory }: Pick<ServicePlace, "configDirectory">): string {
  return `${configDirectory}/secrets`;
}

/** The backups of a service, enabled or not. */
export function backupPolicyOf(place: Omit<ServicePlace, "host" | "ownership">): BackupPolicy {
  const { name, kind = "generic", backups, postgresql, dataDirectory } = place;
  const secrets = { secretsDirectory: secretsDirectoryOf(place), pinnedSecrets: place.pinnedSecrets ?? [] };
  return { ...backups, ...postgresql, ...secrets, service: name, serviceKind: kind, dataDirectory };
}

/** Name of the systemd units of a service's scheduled backups, without suffix. */
export function backupUnitOf({ containerName }: Pick<ServicePlace, "containerName">): string {
  return `${containerName.replaceAll("_", "-")}-backup`;
}

/** The same of its scheduled restore tests. */
export function restoreTestUnitOf({ containerName }: Pick<ServicePlace, "containerName">): string {
  return `${containerName.replaceAll("_", "-")}-restore-test`;
}
