import { Construct } from "constructs";
import { Alerts, type AlertsProps } from "../alerts/alerts.js";
import { BackupCopy } from "../backup/copy/backup-copy.js";
import { BackupSchedule } from "../backup/schedule/backup-schedule.js";
import { CaddySite, CaddySiteRemoval } from "../caddy-site/caddy-site.js";
import type { CaddySiteText } from "../caddy-site/render.js";
import { DataRetention, type DestroyPolicy, KEEP_ALL, LastBackup } from "../data-retention/data-retention.js";
import { HostDirectory } from "../host-directory/host-directory.js";
import { HostFile } from "../host-file/host-file.js";
import { PostgresDatabase } from "../postgres-database/postgres-database.js";
import { isElsewhere } from "../postgres-database/server.js";
import type { HostResource } from "../remote-host/host-resource.js";
import { HostStep } from "../remote-host/host-step.js";
import { releaseKey } from "../service-container/image-reference.js";
import { GRACE_PERIOD, type RunningService } from "../service-container/service.js";
import { DATABASE_SECRET } from "../service-secrets/secret.js";
import { ServiceSecrets } from "../service-secrets/service-secrets.js";
import { backupPolicyOf, backupUnitOf, environmentFileOf, secretsDirectoryOf } from "./backups.js";
import { checkName, reserveAddresses, reservePlace } from "./distinct.js";
import { runService, urlOf } from "./engine.js";
import type { ServicePlace, WebServiceProps } from "./web-service-props.js";

/** The parts of an enabled service that other constructs build on. */
export interface EnabledService {
  /** The container, or the tasks of a cluster, with its health. */
  readonly container: RunningService;
  /** The file with its variables, without secrets. */
  readonly environmentFile: HostFile;
  /** Its secrets on the host. */
  readonly secrets: ServiceSecrets;
  /** Its site in Caddy. */
  readonly site: CaddySite;
  /** A destroy makes it before it removes anything: it must depend on further steps of the service. */
  readonly lastBackup: LastBackup;
}

/**
 * A web service on the host: directories, env file, secrets, database, container, site, backups and smoke test, in the
 * order that keeps the service up while it changes. Everything that it keeps on the host has the service's name.
 *
 * - `enable` runs the service and tests that it answers.
 * - `disable` removes container and site, and keeps the data.
 */
export class WebService extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly place: ServicePlace,
  ) {
    super(scope, id);
    checkName(place);
    reservePlace(place, this.node.path);
  }

  /** The service does not run. A deploy removes a running one, and keeps its data. */
  disable(): void {
    const { host, caddy } = this.place;
    new CaddySiteRemoval(this, "site_removal", { host, caddy, sites: [] });
    this.schedule();
    new Alerts(this, "alerts", { ...this.alerts(KEEP_ALL), watch: undefined });
    new DataRetention(this, "retention", { ...this.retention(), onDestroy: KEEP_ALL, services: [] });
    new LastBackup(this, "last_backup", { ...this.retention(), services: [] });
  }

  /** The service runs and answers at its site; the smoke test checks both. */
  enable(props: WebServiceProps): EnabledService {
    reserveAddresses(this.place, props, this.node.path);
    this.require(props);
    const { containerName } = this.place;
    const configDirectory = this.configDirectory(props);
    const environmentFile = this.environmentFile(props, configDirectory);
    const secrets = this.secrets(props, configDirectory);
    const container = this.container(props, environmentFile, secrets);
    const site = this.site(props, container);
    const smokeTest = this.smokeTest(props, secrets, container, site);
    this.schedule(container, this.copy(props, configDirectory));
    const { onDestroy = KEEP_ALL } = props;
    new Alerts(this, "alerts", {
      ...this.alerts(onDestroy),
      watch: this.watch(props),
      dependsOn: [container.healthy.resource],
    });
    const lastBackup = new LastBackup(this, "last_backup", {
      ...this.retention(),
      services: [containerName],
      dependsOn: [container.resource, ...[container.healthy, site, smokeTest].map((step) => step.resource)],
    });
    return { container, environmentFile, secrets, site, lastBackup };
  }

  /** Requirements of the service as a whole. */
  private require({ image, networks, alias }: WebServiceProps): void {
    const { host, name, kind = "generic", postgresql, backups, caddy, containerName } = this.place;
    const { container, superuser, database, host: address } = postgresql;
    const names = networks.map((network) => network.nameOnHost).join(" ");
    host.require(
      `no_downgrade ${name} ${releaseKey(image) || "-"} ${image} ${backups.restoreCommand}`,
      `whole_restore ${backups.directory} ${backups.restoreCommand}`,
      isElsewhere(container) ? `reaches ${container} ${superuser} ${names}` : `found ${address} ${container} ${names}`,
      `kept_database ${name} ${kind} ${container} ${superuser} ${database} ${backups.restoreCommand}`,
      `sole_upstream ${caddy.container} ${alias} ${containerName} ${kind} ${names}`,
      "command curl curl",
    );
    // A VPN refusal at the site comes first, so the smoke test would not detect a Caddy that cannot reach the service.
    if (!networks.some((network) => network.isCreated)) host.require(`shared_network ${caddy.container} ${names}`);
  }

  private configDirectory({ deployUser: owner }: WebServiceProps): HostDirectory {
    const { host, configDirectory: path } = this.place;
    return new HostDirectory(this, "config_directory", { host, path, owner });
  }

  private environmentFile(props: WebServiceProps, directory: HostDirectory): HostFile {
    return new HostFile(this, "env_file", {
      host: this.place.host,
      path: environmentFileOf(this.place),
      owner: props.deployUser,
      content: Object.entries(props.variables)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
      dependsOn: [directory.resource],
    });
  }

  private secrets(props: WebServiceProps, directory: HostDirectory): ServiceSecrets {
    const { host, kind = "generic", postgresql } = this.place;
    const { secrets = [], setSecretCommand = "", secretsOwner: owner } = props;
    const { container: database_container, superuser, database } = postgresql;
    return new ServiceSecrets(this, "secrets", {
      host,
      directory: secretsDirectoryOf(this.place),
      owner,
      secrets: [DATABASE_SECRET, ...secrets],
      setCommand: setSecretCommand,
      database: { service_kind: kind, database_container, superuser, database },
      dependsOn: [directory.resource],
    });
  }

  private container(props: WebServiceProps, environmentFile: HostFile, secrets: ServiceSecrets): RunningService {
    const { host, dataDirectory: path, postgresql, containerName, caddy } = this.place;
    const { onDestroy = KEEP_ALL, cluster } = props;
    const { upstream } = this.siteText(props);
    const retention = new DataRetention(this, "retention", {
      ...this.retention(),
      onDestroy,
      services: [containerName],
    });
    const dataDirectory = new HostDirectory(this, "data_directory", { host, path, owner: props.dataOwner });
    const database = new PostgresDatabase(this, "database", {
      ...postgresql,
      host,
      secrets,
      passwordName: DATABASE_SECRET.name,
      setSecretCommand: props.setSecretCommand,
      // The tasks of a cluster get a changed password by an update instead of a restart.
      client:
        cluster === undefined
          ? {
              container: containerName,
              gracePeriod: props.gracePeriod ?? GRACE_PERIOD,
              caddy: caddy.container,
              upstream,
            }
          : undefined,
    });
    return runService(this, {
      place: this.place,
      props,
      secrets,
      database,
      upstream,
      dependsOn: [dataDirectory.resource, environmentFile.resource, retention.resource],
    });
  }

  private site(props: WebServiceProps, service: RunningService): CaddySite {
    const { host, caddy } = this.place;
    const text = this.siteText(props);
    // Removed before the container, so no site stays without its service. If the site moves to another file, it is
    // removed from the old one before it is written to the new one.
    const removal = new CaddySiteRemoval(this, "site_removal", {
      host,
      caddy,
      sites: [text.host],
      dependsOn: [service.resource],
    });
    // The site is written while the service starts: requests wait there.
    return new CaddySite(this, "site", { host, caddy, site: text, dependsOn: [service.resource, removal.resource] });
  }

  private smokeTest(props: WebServiceProps, secrets: ServiceSecrets, service: RunningService, site: HostResource) {
    const { host, name, containerName, caddy, postgresql } = this.place;
    return new HostStep(this, "smoke_test", {
      host,
      program: "web-service/smoke-test",
      input: {
        name: containerName,
        service: name,
        image: props.image,
        url: urlOf(props, props.healthPath),
        secrets: secrets.directory,
        caddy: caddy.container,
        caddyfile: caddy.caddyfile,
        site: props.siteHost,
        health_path: props.healthPath,
        database_container: postgresql.container,
        superuser: postgresql.superuser,
        database: postgresql.database,
      },
      triggers: {
        healthy: service.healthy.resource.id,
        site_id: site.resource.id,
        requirements: host.requirements,
      },
      extra: { requirements: "${self.triggers.requirements}" },
    });
  }

  private siteText(props: WebServiceProps): CaddySiteText {
    const { siteHost: host, siteImports: imports = [], siteAllowedOrigins: allowedOrigins } = props;
    const { alias, port, healthPath, hold = 60 } = props;
    const tasks = props.cluster !== undefined || undefined;
    return { host, upstream: `${alias}:${port}`, tasks, imports, allowedOrigins, healthPath, hold };
  }

  /** Name of a systemd unit of the service, without suffix. */
  private unit(purpose: string): string {
    return `${this.place.containerName.replaceAll("_", "-")}-${purpose}`;
  }

  private alerts(onDestroy: DestroyPolicy) {
    const { host, configDirectory, alerts } = this.place;
    // A destroy keeps the address as it keeps the other secrets.
    const keepsAddress = alerts?.webhook === "secret" && onDestroy.database === "keep";
    return { host, unit: this.unit("alerts"), configDirectory, keepsAddress };
  }

  private watch(props: WebServiceProps): AlertsProps["watch"] {
    const { alerts: policy, backups } = this.place;
    if (policy === undefined) return undefined;
    const { healthPath, databasePath, siteHost: site } = props;
    const service = {
      ...this.place,
      backupsDirectory: backups.directory,
      backupUnits: [
        ...(backups.schedule === undefined ? [] : [backupUnitOf(this.place)]),
        ...(backups.verify === undefined ? [] : [this.unit("restore-test")]),
      ],
      schedule: backups.schedule,
      healthUrl: urlOf(props, healthPath),
      databaseUrl: databasePath === undefined ? undefined : urlOf(props, databasePath),
      site,
      healthPath,
    };
    return { policy, service };
  }

  /** The host copies backups to another machine, if that is set. */
  private copy({ setSecretCommand = "" }: WebServiceProps, directory: HostDirectory): BackupCopy | undefined {
    const { host, kind = "generic", backups, postgresql } = this.place;
    if (backups.copy === undefined) return undefined;
    const { container: database_container, superuser, database } = postgresql;
    return new BackupCopy(this, "backup_copy", {
      host,
      policy: backups.copy,
      setCommand: setSecretCommand,
      database: { service_kind: kind, database_container, superuser, database },
      dependsOn: [directory.resource],
    });
  }

  /** The host makes and tests backups itself, as long as the service runs. */
  private schedule(service?: RunningService, copy?: BackupCopy): void {
    const { host, backups, alerts } = this.place;
    const dependsOn = [service?.healthy.resource, copy?.secrets.resource].filter((each) => each !== undefined);
    const onFailure = alerts && this.unit("alerts");
    const shared = { host, policy: backupPolicyOf(this.place), onFailure, dependsOn };
    const when = (setting: string | undefined) => (service === undefined ? undefined : setting);
    new BackupSchedule(this, "backup_schedule", {
      ...shared,
      task: "backup",
      unit: backupUnitOf(this.place),
      schedule: when(backups.schedule),
    });
    new BackupSchedule(this, "restore_test_schedule", {
      ...shared,
      task: "restore test",
      unit: this.unit("restore-test"),
      schedule: when(backups.verify),
    });
  }

  private retention() {
    const { host, ownership } = this.place;
    return { host, ownership, backups: backupPolicyOf(this.place), environmentFile: environmentFileOf(this.place) };
  }
}
