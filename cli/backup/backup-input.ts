import { backupInput } from "../../constructs/backup/backup-policy.js";
import { SERVICE } from "../../constructs/nocodb/nocodb-props.js";
import { PINNED_SECRETS } from "../../constructs/nocodb/secrets.js";
import type { Environment } from "../../settings/environment.js";
import { placesOf } from "../../settings/places.js";
import type { Input } from "../run-on-host.js";

/** What the programs for backups expect. */
export function backupInputOf(environment: Environment): Input {
  const { backups, postgresql } = environment;
  const service = { service: SERVICE, serviceKind: SERVICE, pinnedSecrets: PINNED_SECRETS };
  return backupInput({ ...backups, ...postgresql, ...service, ...placesOf(environment) });
}
