import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { HostRemoval } from "../../remote-host/host-removal.js";
import { HostResource, recordKey } from "../../remote-host/host-resource.js";
import type { RemoteHost } from "../../remote-host/remote-host.js";
import { type BackupPolicy, backupInput } from "../backup-policy.js";

/** Properties of a backup schedule. */
export interface BackupScheduleProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** Name of the systemd units, without suffix. */
  readonly unit: string;
  /** What is done: `backup`, or `restore test` of the newest backup. */
  readonly task: keyof typeof TASKS;
  /** When, as systemd's OnCalendar takes it: `daily`, `Mon..Fri 03:00`. See systemd.time(7). @default never */
  readonly schedule?: string | undefined;
  /** What a backup holds, where it goes, and how many are kept. */
  readonly policy: BackupPolicy;
  /** The systemd unit, without suffix, that is started if a run fails. @default none */
  readonly onFailure?: string | undefined;
  /** Resources that exist before the first run, and are removed after the last. */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** The program of each task, its inputs besides those of a backup, its setting, and the verb that does the same. */
const TASKS = {
  backup: { program: "backup/create", input: {}, setting: "backups.schedule", verb: "create" },
  "restore test": { program: "backup/verify", input: { backup: "latest" }, setting: "backups.verify", verb: "verify" },
} as const;

/**
 * Backups that the host makes or tests itself: a systemd timer and a program that belongs to root and holds no secret. Both are
 * removed on destroy, and when the schedule is removed from the settings.
 */
export class BackupSchedule extends Construct {
  constructor(scope: Construct, id: string, props: BackupScheduleProps) {
    super(scope, id);
    const { host, unit, task, schedule, onFailure, dependsOn = [] } = props;
    const removal = new HostRemoval(this, "removal", {
      host,
      program: "backup/schedule/remove",
      input: { key: recordKey(this, "timer") },
      each: "unit",
      things: schedule === undefined ? [] : [unit],
      dependsOn,
    });
    if (schedule === undefined) return;
    const { program, setting, verb, ...more } = TASKS[task];
    const text = host.textOf(program);
    const input = { ...backupInput(props.policy), ...more.input, reason: "on schedule" };
    new HostResource(this, "timer", {
      host,
      program: "backup/schedule/apply",
      input: { unit, schedule, task, ...(onFailure !== undefined && { failure_unit: onFailure }), ...input },
      triggers: { program_fingerprint: `\${substr(sha256(${text}), 0, 12)}` },
      extra: { program_text: `\${${text}}`, program_inputs: Object.keys(input).join(" ") },
      dependsOn: [...dependsOn, removal.resource],
    });
    host.require(`schedule ${setting} ${verb} ${schedule}`, "command flock util-linux");
  }
}
