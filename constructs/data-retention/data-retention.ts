import { dependable, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type BackupPolicy, backupInput } from "../backup/backup-policy.js";
import type { HostOwnership } from "../host-ownership/host-ownership.js";
import { HostRemoval } from "../remote-host/host-removal.js";
import type { HostStep } from "../remote-host/host-step.js";
import type { RemoteHost } from "../remote-host/remote-host.js";

/** Whether a destroy keeps or deletes a service's data. */
export type DestroyPolicy = Readonly<Record<"database" | "data" | "backups", "keep" | "delete">>;

/** A destroy keeps everything. */
export const KEEP_ALL: DestroyPolicy = { database: "keep", data: "keep", backups: "keep" };

/** Properties of a last backup or a destroy policy. */
export interface DataRetentionProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** The state that manages the host: another one destroys nothing there. */
  readonly ownership: HostOwnership;
  /** What a backup holds, and where it goes. */
  readonly backups: BackupPolicy;
  /** Names of the containers that exist; empty if the service is disabled. */
  readonly services: readonly string[];
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** What a destroy keeps or deletes. */
export interface Retention {
  /** What becomes of database, data and backups. */
  readonly onDestroy: DestroyPolicy;
  /** Path of the service's env file on the host. */
  readonly environmentFile: string;
}

/** A last backup before a destroy removes anything: it must depend on everything that a destroy removes. */
export class LastBackup extends HostRemoval {
  constructor(scope: Construct, id: string, props: DataRetentionProps) {
    super(scope, id, {
      ...props,
      program: "data-retention/before-destroy",
      input: {},
      identity: { state: props.ownership.id },
      settings: backupInput(props.backups),
      each: "name",
      things: props.services,
    });
  }

  /** Adds a step of the service: the backup is made before a destroy removes what it has made. */
  precede(step: HostStep): void {
    this.resource.dependsOn = [...(this.resource.dependsOn ?? []), dependable(step.resource)];
  }
}

/**
 * Keeps or deletes a service's data at the end of a destroy, and prints what it did. The env file and the
 * secrets are deleted with the database. The container depends on this resource, so a destroy runs it last.
 */
export class DataRetention extends HostRemoval {
  constructor(scope: Construct, id: string, props: DataRetentionProps & Retention) {
    const { database, data, backups } = props.onDestroy;
    super(scope, id, {
      ...props,
      program: "data-retention/after-destroy",
      input: {},
      identity: { state: props.ownership.id },
      settings: {
        ...backupInput(props.backups),
        env_file: props.environmentFile,
        on_destroy_database: database,
        on_destroy_data: data,
        on_destroy_backups: backups,
      },
      each: "name",
      things: props.services,
    });
  }
}
