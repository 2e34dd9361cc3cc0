import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { CaddyConfiguration } from "../caddy-site/caddy-site.js";
import { HostRemoval } from "../remote-host/host-removal.js";
import { HostResource, recordKey } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import { ADDRESS_SECRET, type AlertPolicy, alertsDirectoryOf, receiverInput } from "./alert-policy.js";

/** What is watched. */
export interface WatchedService {
  /** Name of the environment, which each message has. */
  readonly environmentName: string;
  /** Name of the service. */
  readonly name: string;
  /** Name of its container. */
  readonly containerName: string;
  /** Directory of the service's env file. The files of alerts are in a directory in it. */
  readonly configDirectory: string;
  /** Directory of its own files, whose disk is watched. */
  readonly dataDirectory: string;
  /** Directory of its backups. */
  readonly backupsDirectory: string;
  /** Names of the systemd units, without suffix, whose failure is reported: those that make backups. */
  readonly backupUnits: readonly string[];
  /** When the backups are made: systemd's OnCalendar. @default never */
  readonly schedule?: string | undefined;
  /** URL that answers 200 when the service can be used, as its neighbours on the networks reach it. */
  readonly healthUrl: string;
  /** URL that answers 200 only while it can use its database. @default not checked */
  readonly databaseUrl?: string | undefined;
  /** The Caddy that serves its site. */
  readonly caddy: Pick<CaddyConfiguration, "container" | "caddyfile">;
  /** Host name of the site, whose certificate is checked. */
  readonly site: string;
  /** Path that answers 200 once it can be used. */
  readonly healthPath: string;
}

/** Properties of alerts. */
export interface AlertsProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** Name of the systemd units, without suffix. */
  readonly unit: string;
  /** Directory of the service's env file. */
  readonly configDirectory: string;
  /** Whether the secret address stays on the host when the alerts are removed. */
  readonly keepsAddress: boolean;
  /** @default nothing is watched; alerts that exist are removed */
  readonly watch?:
    | {
        /** Who is told, and from which limits on. */
        readonly policy: AlertPolicy;
        /** What is watched. */
        readonly service: WatchedService;
      }
    | undefined;
  /** Resources that exist while the service is watched. */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * A check that the host itself makes every minute, of the service, its disk, certificate and backups, and every hour of
 * drift: it tells a receiver about each change. A systemd timer and a program that belongs to root and holds no secret.
 * Both are removed on destroy, and when the alerts are removed from the settings.
 */
export class Alerts extends Construct {
  constructor(scope: Construct, id: string, props: AlertsProps) {
    super(scope, id);
    const { host, unit, watch, dependsOn = [] } = props;
    const removal = new HostRemoval(this, "removal", {
      host,
      program: "alerts/remove",
      input: { key: recordKey(this, "timer"), alerts: alertsDirectoryOf(props) },
      settings: { keep_address: props.keepsAddress ? "yes" : "no" },
      each: "unit",
      things: watch === undefined ? [] : [unit],
      dependsOn,
    });
    if (watch === undefined) return;
    const check = host.textOf("alerts/check");
    const input = { ...receiverInput(watch.policy, watch.service), ...limits(watch.policy), ...watched(watch.service) };
    new HostResource(this, "timer", {
      host,
      program: "alerts/apply",
      input: { unit, ...input },
      triggers: { program_fingerprint: `\${substr(sha256(${check}), 0, 12)}` },
      // A process takes variables of at most 128 KiB, and the program is longer.
      extra: { packed_program: `\${base64gzip(${check})}`, program_inputs: Object.keys(input).join(" ") },
      dependsOn: [...dependsOn, removal.resource],
    });
    const { webhook, textfile = "-", setSecretCommand = "" } = watch.policy;
    const address = webhook === "secret" ? `${ADDRESS_SECRET.name} ${setSecretCommand}` : "-";
    host.require(
      `alerts ${alertsDirectoryOf(props)} ${textfile} ${address}`,
      "command flock util-linux",
      "command curl curl",
    );
  }
}

function limits(policy: AlertPolicy): Record<string, string> {
  return {
    disk_percent: String(policy.diskPercent),
    certificate_days: String(policy.certificateDays),
    backup_hours: String(policy.backupHours ?? ""),
    textfile: policy.textfile ?? "",
    deploy: policy.deployCommand === undefined ? "deploy again" : `deploy again (${policy.deployCommand})`,
  };
}

function watched(service: WatchedService): Record<string, string> {
  return {
    container: service.containerName,
    url: service.healthUrl,
    database_url: service.databaseUrl ?? "",
    data_directory: service.dataDirectory,
    backups: service.backupsDirectory,
    backup_units: service.backupUnits.join(" "),
    schedule: service.schedule ?? "",
    caddy: service.caddy.container,
    caddyfile: service.caddy.caddyfile,
    site: service.site,
    health_path: service.healthPath,
  };
}
