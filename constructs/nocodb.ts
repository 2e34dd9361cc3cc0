import { Construct } from "constructs";
import { BackupSchedule } from "./backup-schedule.js";
import type { Backups } from "./backups.js";
import { CaddySite, CaddySiteRemoval, type CaddySiteText, siteInput } from "./caddy-site.js";
import { LastBackup, Remains } from "./ending.js";
import { EnvironmentVariables } from "./environment-variables.js";
import { HostDirectory } from "./host-directory.js";
import { HostFile } from "./host-file.js";
import { HostStep } from "./host-step.js";
import { NocodbConsumers, NocodbConsumersRemoval } from "./nocodb-consumers.js";
import type { NocodbPlace, NocodbProps } from "./nocodb-props.js";
import { versionOf } from "./nocodb-version.js";
import { PinnedSecret } from "./pinned-secret.js";
import { PostgresDatabase } from "./postgres-database.js";
import { ReplacementGuard } from "./replacement-guard.js";
import { GeneratedSecret, GivenSecret, Secret } from "./secret.js";
import { ServiceContainer } from "./service-container.js";

/** Where the data directory is mounted. */
const DATA = "/data";
/** TCP port NocoDB listens on inside its container. */
const PORT = 8080;
/** Seconds between SIGTERM and SIGKILL; NocoDB takes about 2, and longer only for connections that are kept alive. */
const GRACE_PERIOD = 10;
/** Seconds Caddy holds a request: the grace period, and a start that takes 10 s on half a core, with room for migrations. */
const HOLD = 60;
/** Name under which nocodb.env holds the database password as it is, for the scripts; the container does not get it. */
const PASSWORD_VARIABLE = "DATABASE_PASSWORD";

/**
 * NocoDB on a Docker host. The construct alone holds its secrets, which stay the same while it is switched off; `serve`
 * adds directories, nocodb.env, database, container, site, and the proof that all of it works.
 */
export class Nocodb extends Construct {
  private readonly databasePassword: Secret;
  private readonly jwtSecret: Secret;
  private readonly adminPassword: Secret;
  private readonly connectionEncryptKey: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.databasePassword = new GeneratedSecret(this, "database_password", {
      description: "Password of NocoDB's role in PostgreSQL",
    }).secret;
    this.jwtSecret = new GeneratedSecret(this, "jwt_secret", {
      description: "Signs NocoDB's sessions; a new one signs everybody out",
    }).secret;
    this.adminPassword = new GeneratedSecret(this, "admin_password", {
      description: "Password of NocoDB's super admin",
      minLength: 8,
    }).secret;
    this.connectionEncryptKey = new GivenSecret(this, "connection_encrypt_key", {
      description: "Encrypts the credentials of external data sources; must never change once NocoDB has run with it",
    }).secret;
    new PinnedSecret(this, "pinned_connection_encrypt_key", {
      secret: this.connectionEncryptKey,
      problem:
        "variable nocodb_connection_encrypt_key: not the value NocoDB has run with, so it could not read its data sources any more, and nothing was changed. Give the former value (none, where there was none) in TF_VAR_nocodb_connection_encrypt_key. To begin with a key on purpose, see 'Secrets' in README.md.",
    });
  }

  /**
   * NocoDB is absent: a deploy over a running one takes its site away, as it does what left the configuration, and keeps
   * its data.
   */
  beAbsent(place: NocodbPlace): void {
    const { host, caddy } = place;
    new CaddySiteRemoval(this, "site_removal", { host, caddy, sites: [] });
    new NocodbConsumersRemoval(this, "consumers_removal", { host, of: "consumers", services: [] });
    new BackupSchedule(this, "backup_schedule", { ...scheduleOf(place), schedule: undefined });
    const onDestroy = { database: "keep", data: "keep", backups: "keep" } as const;
    new Remains(this, "remains", { ...endingOf(place), onDestroy, services: [] });
    new LastBackup(this, "last_backup", { ...endingOf(place), services: [] });
  }

  /** NocoDB runs, is to be found under its site, and both are proved. */
  serve(props: NocodbProps): ServiceContainer {
    const { host, caddy, image } = props;
    const networks = props.networks.map((network) => network.nameOnHost).join(" ");
    const { container, superuser, database, host: address } = props.postgresql;
    host.require(
      `no_other_nocodb ${props.containerName} ${props.environmentName} ${networks}`,
      `no_downgrade ${image}`,
      `whole_restore ${props.backups.directory} ${props.environmentName}`,
      `found ${address} ${container} ${networks}`,
      `kept_database ${container} ${superuser} ${database} ${props.environmentName}`,
    );
    const environment = new EnvironmentVariables(this, "environment", this.variables(props));
    const environmentFile = this.environmentFile(props, environment);
    const service = this.container(props, environment, environmentFile);
    const text = siteText(props);
    const site = this.site(props, text, service);
    const consumers = this.consumers(props, environmentFile, service);
    const proof = this.proof(props, environmentFile, service, site);
    const guard = new ReplacementGuard(this, "guard", {
      host,
      service,
      protects: [service.serving, site, consumers, proof],
      image,
      backups: backupsOf(props),
      site: { ...siteInput(caddy, text), upstream: text.upstream },
    });
    new BackupSchedule(this, "backup_schedule", { ...scheduleOf(props), dependsOn: [service.serving.resource] });
    const services = [props.containerName];
    new LastBackup(this, "last_backup", { ...endingOf(props), services, dependsOn: [guard.resource] });
    return service;
  }

  private environmentFile(props: NocodbProps, environment: EnvironmentVariables): HostFile {
    const { host, configDirectory: path, deployUser: owner } = props;
    const directory = new HostDirectory(this, "config_directory", { host, path, owner });
    return new HostFile(this, "env_file", {
      host,
      path: environmentFileOf(props),
      owner,
      content: environment.asFile({ [PASSWORD_VARIABLE]: this.databasePassword }),
      visible: environment.visible,
      unchanging: ["NC_CONNECTION_ENCRYPT_KEY"],
      dependsOn: [directory.resource],
    });
  }

  private container(props: NocodbProps, environment: EnvironmentVariables, environmentFile: HostFile) {
    const { host, dataDirectory: path } = props;
    const { healthPath, databasePath } = versionOf(props.image);
    const { onDestroy, containerName } = props;
    const remains = new Remains(this, "remains", { ...endingOf(props), onDestroy, services: [containerName] });
    const dataDirectory = new HostDirectory(this, "data_directory", { host, path, owner: "1000:1000" });
    const database = new PostgresDatabase(this, "database", {
      ...props.postgresql,
      host,
      password: this.databasePassword,
      passwordFile: environmentFile,
      passwordVariable: PASSWORD_VARIABLE,
    });
    return new ServiceContainer(this, "container", {
      ...props,
      name: props.containerName,
      environment,
      environmentFile,
      volumes: [{ hostPath: path, containerPath: DATA }],
      capabilities: ["CHOWN", "SETGID", "SETUID", "DAC_OVERRIDE", "FOWNER"],
      healthCheck: {
        command: `wget -qO- http://127.0.0.1:${PORT}${healthPath} || exit 1`,
        interval: 30,
        timeout: 10,
        retries: 5,
        startPeriod: 60,
      },
      gracePeriod: GRACE_PERIOD,
      healthUrl: urlOf(props, healthPath),
      databaseUrl: urlOf(props, databasePath),
      dependsOn: [dataDirectory.resource, remains.resource],
      backups: backupsOf(props),
      needs: { database },
    });
  }

  private site(
    { host, caddy, networks }: NocodbProps,
    site: CaddySiteText,
    { container }: ServiceContainer,
  ): CaddySite {
    // At the site a VPN refusal comes first, so the proof there would not notice a Caddy that cannot reach NocoDB.
    if (!networks.some((network) => network.isCreated)) {
      host.require(`meeting ${caddy.container} ${networks.map((network) => network.nameOnHost).join(" ")}`);
    }
    // Removed before the container is, so that nobody meets a site without its service; and where the site moves to
    // another place in Caddy, gone from the old one before it stands in the new one.
    const removal = new CaddySiteRemoval(this, "site_removal", {
      host,
      caddy,
      sites: [site.host],
      dependsOn: [container],
    });
    // The site comes up beside the starting container: requests wait there.
    return new CaddySite(this, "site", { host, caddy, site, dependsOn: [container, removal.resource] });
  }

  private consumers(props: NocodbProps, environmentFile: HostFile, service: ServiceContainer): NocodbConsumers {
    const { host, containerName, deployUser, postgresql } = props;
    const { container, superuser, database } = postgresql;
    const renamed = props.renamesAdmin ? " accepted" : "";
    host.require(`super_admin ${container} ${superuser} ${database} ${props.adminEmail}${renamed}`);
    // Removed before the container is: tokens are deleted through NocoDB itself.
    const removal = new NocodbConsumersRemoval(this, "consumers_removal", {
      host,
      of: "consumers",
      services: [containerName],
      dependsOn: [service.container],
    });
    return new NocodbConsumers(this, "consumers", {
      host,
      service: containerName,
      port: PORT,
      environmentFile: environmentFile.path,
      deployUser,
      consumers: props.consumers.map(({ baseUrl, ...consumer }) => ({ ...consumer, variables: urls(props, baseUrl) })),
      serving: service.serving.resource.id,
      dependsOn: [removal.resource],
    });
  }

  private proof(props: NocodbProps, environmentFile: HostFile, service: ServiceContainer, site: CaddySite): HostStep {
    const { host, caddy, postgresql } = props;
    const { healthPath } = versionOf(props.image);
    host.require("command curl curl");
    return new HostStep(this, "proof", {
      host,
      scripts: ["prove.sh"],
      input: {
        name: props.containerName,
        image: props.image,
        url: urlOf(props, healthPath),
        env_file: environmentFile.path,
        caddy: caddy.container,
        site: props.siteHost,
        health_path: healthPath,
        database_container: postgresql.container,
        superuser: postgresql.superuser,
        database: postgresql.database,
      },
      triggers: {
        serving: service.serving.resource.id,
        site_id: site.resource.id,
        requirements: host.requirements,
      },
      extra: { requirements: "${self.triggers.requirements}" },
    });
  }

  /** S9 of the plan: NocoDB's own variables. */
  private variables(props: NocodbProps): Record<string, string | Secret> {
    const { postgresql } = props;
    const { host, port, role, database } = postgresql;
    const { siteUrl, dataDirectory } = versionOf(props.image);
    const password = this.databasePassword.urlEncoded();
    return {
      NC_DB: Secret.join(this, [`pg://${host}:${port}?u=${role}&p=`, password, `&d=${database}`]),
      ...named(siteUrl, `https://${props.siteHost}`),
      NC_AUTH_JWT_SECRET: this.jwtSecret,
      ...named(dataDirectory, DATA),
      NC_DISABLE_TELE: "true",
      NC_ADMIN_EMAIL: props.adminEmail,
      NC_ADMIN_PASSWORD: this.adminPassword,
      NC_CONNECTION_ENCRYPT_KEY: this.connectionEncryptKey,
      ...props.environment,
    };
  }
}

function backupsOf(place: NocodbPlace): Backups {
  const { backups, postgresql, dataDirectory, environmentName } = place;
  const wayBack = `npm run restore -- ${environmentName}`;
  return { ...backups, ...postgresql, dataDirectory, environmentFile: environmentFileOf(place), wayBack };
}

function scheduleOf(place: NocodbPlace) {
  const unit = `${place.containerName.replaceAll("_", "-")}-backup`;
  return { host: place.host, unit, schedule: place.backups.schedule, backups: backupsOf(place) };
}

function endingOf(place: NocodbPlace) {
  const { host, claim } = place;
  return { host, claim, backups: backupsOf(place) };
}

function environmentFileOf({ configDirectory }: NocodbPlace): string {
  return `${configDirectory}/nocodb.env`;
}

/** One value under every name that a version may know it by. */
function named(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** As Caddy and the proof reach it, through its own network. */
function urlOf({ alias }: NocodbProps, path: string): string {
  return `http://${alias}:${PORT}${path}`;
}

/** Where a consumer finds NocoDB. Inside Docker the VPN gate may refuse it, so the site never comes alone. */
function urls(props: NocodbProps, baseUrl: "site" | "internal"): Record<string, string> {
  const internal = urlOf(props, "");
  if (baseUrl === "internal") return { NOCODB_BASE_URL: internal };
  return { NOCODB_BASE_URL: `https://${props.siteHost}`, NOCODB_INTERNAL_URL: internal };
}

function siteText(props: NocodbProps): CaddySiteText {
  return {
    host: props.siteHost,
    upstream: `${props.alias}:${PORT}`,
    imports: props.siteImports,
    healthPath: versionOf(props.image).healthPath,
    hold: HOLD,
  };
}
