/** The content of a service's backups, their directory and how many to keep. See lib.sh. */
export interface BackupPolicy {
  /** Name of the service; a backup of one service is never restored into another. */
  readonly service: string;
  /** How the service's data is recognized: see web-service/kind.sh. */
  readonly serviceKind: string;
  /** Directory on the host; created with mode 0700, owned by root. */
  readonly directory: string;
  /** How many of the newest to keep. */
  readonly keep: number;
  /** PostgreSQL's container. */
  readonly container: string;
  /** Superuser inside PostgreSQL's container. */
  readonly superuser: string;
  /** The service's database. */
  readonly database: string;
  /** Owner of the database. */
  readonly role: string;
  /** Directory on the host with the service's own files. */
  readonly dataDirectory: string;
  /** Directory on the host with the service's secrets. */
  readonly secretsDirectory: string;
  /** The secrets without which the data cannot be read: a backup holds them. */
  readonly pinnedSecrets: readonly string[];
  /** Copies on another machine. @default none */
  readonly copy?: CopyPolicy | undefined;
  /** The command that restores a backup, shown when a new version does not start. */
  readonly restoreCommand: string;
}

/** Copies of backups in a restic repository. See copy/lib.sh. */
export interface CopyPolicy {
  /** As restic takes it: a directory on the host, `sftp:user@host:/path` or `s3:https://host/bucket`. */
  readonly repository: string;
  /** For how many days they are kept. */
  readonly keepDays: number;
  /** Directory on the host with the repository's secrets; the service does not get it. */
  readonly secretsDirectory: string;
}

/** The inputs of the programs in this folder. */
export function backupInput(policy: Omit<BackupPolicy, "restoreCommand">): Record<string, string> {
  return {
    service: policy.service,
    service_kind: policy.serviceKind,
    backups: policy.directory,
    keep: String(policy.keep),
    database_container: policy.container,
    superuser: policy.superuser,
    database: policy.database,
    role: policy.role,
    data_directory: policy.dataDirectory,
    secrets: policy.secretsDirectory,
    pinned_secrets: policy.pinnedSecrets.join(" "),
    ...(policy.copy && copyInput(policy.copy)),
  };
}

function copyInput({ repository, keepDays, secretsDirectory }: CopyPolicy): Record<string, string> {
  return { copy_to: repository, copy_days: String(keepDays), copy_secrets: secretsDirectory };
}
