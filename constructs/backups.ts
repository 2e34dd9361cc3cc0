/** Backups of a service with a database and a directory of its own: see constructs/host/backup.sh. */
export interface Backups {
  /** Directory on the host; created, 0700, root's. */
  readonly directory: string;
  /** How many of the newest stay. */
  readonly keep: number;
  /** PostgreSQL's container and superuser. */
  readonly container: string;
  readonly superuser: string;
  readonly database: string;
  /** Owner of the database. */
  readonly role: string;
  /** Directory on the host with the service's own files. */
  readonly dataDirectory: string;
  /** Env file on the host with the service's secrets: a backup knows its encryption key by a salted fingerprint. */
  readonly environmentFile: string;
  /** The command that takes a backup back, for whoever reads why a new version does not start. */
  readonly wayBack: string;
}

/** What backup.sh expects. */
export function backupInput(backups: Omit<Backups, "wayBack">): Record<string, string> {
  return {
    backups: backups.directory,
    keep: String(backups.keep),
    database_container: backups.container,
    superuser: backups.superuser,
    database: backups.database,
    role: backups.role,
    data_directory: backups.dataDirectory,
    env_file: backups.environmentFile,
  };
}
