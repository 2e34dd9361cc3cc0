import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Backups, backupInput } from "./backups.js";
import { HostRemoval } from "./host-removal.js";
import { KeptOnHost, keyOf } from "./host-step.js";
import type { RemoteHost } from "./remote-host.js";

/** What a backup by schedule runs, without the app: files of constructs/host/. */
const PROGRAM = ["common.sh", "backup.sh", "make-backup.sh"];

export interface BackupScheduleProps {
  readonly host: RemoteHost;
  /** Name of the systemd units, without what comes after the dot. */
  readonly unit: string;
  /** When, as systemd's OnCalendar takes it: `daily`, `Mon..Fri 03:00`. See systemd.time(7). @default never */
  readonly schedule?: string | undefined;
  readonly backups: Backups;
  /** What is there before the first backup, and is taken away after the last. */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * Backups made by the host itself: a systemd timer, and a program of root's with no secret in it. Both are taken away on
 * destroy and when the schedule leaves the settings.
 */
export class BackupSchedule extends Construct {
  constructor(scope: Construct, id: string, props: BackupScheduleProps) {
    super(scope, id);
    const { host, unit, schedule, dependsOn = [] } = props;
    const removal = new HostRemoval(this, "removal", {
      host,
      scripts: ["schedule.sh", "remove-schedule.sh"],
      input: { key: keyOf(this, "timer") },
      each: "unit",
      things: schedule === undefined ? [] : [unit],
      dependsOn,
    });
    if (schedule === undefined) return;
    const program = host.textOf(PROGRAM);
    new KeptOnHost(this, "timer", {
      host,
      scripts: ["schedule.sh", "ensure-schedule.sh"],
      input: { unit, schedule, ...backupInput(props.backups) },
      triggers: { program_print: `\${substr(sha256(${program}), 0, 12)}` },
      extra: { program_text: `\${${program}}` },
      dependsOn: [...dependsOn, removal.resource],
    });
    host.require(`schedule ${schedule}`, "command flock util-linux");
  }
}
