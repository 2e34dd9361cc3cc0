import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Backups, backupInput } from "./backups.js";
import type { Claim } from "./claim.js";
import { HostRemoval } from "./host-removal.js";
import type { RemoteHost } from "./remote-host.js";

/** What becomes of a service's data when it is destroyed. */
export type OnDestroy = Readonly<Record<"database" | "data" | "backups", "keep" | "delete">>;

export interface EndingProps {
  readonly host: RemoteHost;
  readonly claim: Claim;
  readonly backups: Backups;
  /** Names of the container that is there; empty where the service is switched off. */
  readonly services: readonly string[];
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A last backup, before a destroy takes anything away: let it depend on all that a destroy takes away. */
export class LastBackup extends HostRemoval {
  constructor(scope: Construct, id: string, props: EndingProps) {
    super(scope, id, {
      ...props,
      scripts: ["backup.sh", "claim.sh", "last-backup.sh"],
      input: {},
      identity: { state: props.claim.id },
      settings: backupInput(props.backups),
      each: "name",
      things: props.services,
    });
  }
}

export interface RemainsProps extends EndingProps {
  readonly onDestroy: OnDestroy;
}

/** What a destroy leaves behind, and says so (the env file goes with the database); it comes last: let the container depend on it. */
export class Remains extends HostRemoval {
  constructor(scope: Construct, id: string, props: RemainsProps) {
    const { database, data, backups } = props.onDestroy;
    super(scope, id, {
      ...props,
      scripts: ["backup.sh", "claim.sh", "leave.sh"],
      input: {},
      identity: { state: props.claim.id },
      settings: {
        ...backupInput(props.backups),
        on_destroy_database: database,
        on_destroy_data: data,
        on_destroy_backups: backups,
      },
      each: "name",
      things: props.services,
    });
  }
}
