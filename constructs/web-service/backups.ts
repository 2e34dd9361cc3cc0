import type { BackupPolicy } from "../backup/backup-policy.js";
import type { ServicePlace } from "./web-service-props.js";

/** Path of a service's env file on the host. */
export function environmentFileOf({ configDirectory, name }: Pick<ServicePlace, "configDirectory" | "name">): string {
  return `${configDirectory}/${name}.env`;
}

/** The backups of a service, enabled or not. */
export function backupPolicyOf(place: Omit<ServicePlace, "host" | "ownership">): BackupPolicy {
  const { name, kind = "generic", backups, postgresql, dataDirectory } = place;
  const service = { service: name, serviceKind: kind, dataDirectory, environmentFile: environmentFileOf(place) };
  return { ...backups, ...postgresql, ...service };
}
