import { Construct } from "constructs";
import { authoritiesMount, type ServerTls } from "../postgres-database/server.js";
import type { RunningService } from "../service-container/service.js";
import { DATABASE_SECRET, inUrl, preloadOption } from "../service-secrets/secret.js";
import { secretsDirectoryOf } from "../web-service/backups.js";
import { type EnabledService, WebService } from "../web-service/web-service.js";
import { NocodbConsumers, NocodbConsumersRemoval } from "./consumers/nocodb-consumers.js";
import { GRACE_PERIOD, type NocodbPlace, type NocodbProps, OWN_TABLES, SERVICE, STOP_SIGNAL } from "./nocodb-props.js";
import { ownSecrets, PINNED_SECRETS } from "./secrets.js";
import { redisVariables, s3Variables, storageRequirements } from "./storage.js";
import { versionOf } from "./version.js";

/** Where the data directory is mounted. */
const DATA = "/data";
/** TCP port NocoDB listens on inside its container. */
const PORT = 8080;

/** NocoDB on a Docker host: a web service with secrets, and with consumers of its API. */
export class Nocodb extends Construct {
  private readonly place: NocodbPlace;
  private readonly service: WebService;

  constructor(scope: Construct, id: string, place: NocodbPlace) {
    super(scope, id);
    this.place = place;
    const postgresql = { ...place.postgresql, ownedTables: OWN_TABLES };
    // The id "Resource" adds nothing to addresses: nocodb_container, not nocodb_service_container.
    const service = { name: SERVICE, kind: SERVICE, pinnedSecrets: PINNED_SECRETS };
    this.service = new WebService(this, "Resource", { ...place, postgresql, ...service });
  }

  /** NocoDB does not run; its data stays. */
  disable(): void {
    const { host } = this.place;
    this.service.disable();
    new NocodbConsumersRemoval(this, "consumers_removal", { host, of: "consumers", containers: [] });
  }

  /** NocoDB runs and answers at its site, and its consumers have tokens. */
  enable(props: NocodbProps): RunningService {
    const { host, containerName, environmentName, postgresql } = this.place;
    const networks = props.networks.map((network) => network.nameOnHost).join(" ");
    host.require(`no_other_nocodb ${containerName} ${environmentName} ${networks}`);
    host.require(`no_worker ${postgresql.container} ${postgresql.database} ${networks}`);
    const { container, superuser, database } = postgresql;
    host.require(`no_rival ${containerName} ${container} ${superuser} ${database} ${postgresql.host} ${networks}`);
    host.require(`connection_key ${container} ${superuser} ${database} ${secretsDirectoryOf(this.place)}`);
    host.require(...storageRequirements(this.place, props));
    const { healthPath, databasePath } = versionOf(props.image);
    const service = this.service.enable({
      ...props,
      port: PORT,
      healthPath,
      databasePath,
      gracePeriod: GRACE_PERIOD,
      stopSignal: STOP_SIGNAL,
      // The grace period, a start that takes 10 s on half a core, and time for migrations.
      hold: 60,
      capabilities: ["CHOWN", "SETGID", "SETUID", "DAC_OVERRIDE", "FOWNER"],
      variables: this.variables(props),
      secrets: ownSecrets(props.secrets),
      setSecretCommand: `npx nocodb-host secret set ${environmentName}`,
      dataOwner: "1000:1000",
      dataMount: DATA,
    });
    service.lastBackup.precede(this.consumers(props, service));
    return service.container;
  }

  private consumers(props: NocodbProps, service: EnabledService): NocodbConsumers {
    const { container, environmentFile, secrets } = service;
    const { host, containerName, postgresql } = this.place;
    const { superuser, database } = postgresql;
    const renamed = props.renamesAdmin ? " accepted" : "";
    host.require(`super_admin ${postgresql.container} ${superuser} ${database} ${props.adminEmail}${renamed}`);
    // Removed before the container, because tokens are deleted through NocoDB itself.
    const removal = new NocodbConsumersRemoval(this, "consumers_removal", {
      host,
      of: "consumers",
      containers: [containerName],
      dependsOn: [container.resource],
    });
    return new NocodbConsumers(this, "consumers", {
      host,
      container: containerName,
      port: PORT,
      environmentFile: environmentFile.path,
      secretsDirectory: secrets.directory,
      postgresql,
      deployUser: props.deployUser,
      bases: props.bases,
      consumers: props.consumers.map(({ baseUrl, ...consumer }) => ({ ...consumer, variables: urls(props, baseUrl) })),
      healthy: container.healthy.resource.id,
      dependsOn: [removal.resource],
    });
  }

  /** NocoDB's own variables. */
  private variables(props: NocodbProps): Record<string, string> {
    const { host, port, role, database, tls } = this.place.postgresql;
    const { siteUrl, dataDirectory, trustedProxies, privateWebhooks, privateDataSources } = versionOf(props.image);
    const { webhooks, dataSources } = props.privateNetwork;
    const { NODE_OPTIONS = "", ...variables } = props.variables;
    return {
      NC_DB: `pg://${host}:${port}?u=${role}&p=${inUrl(DATABASE_SECRET.name)}&d=${database}${connectionTls(tls)}`,
      ...named(siteUrl, props.siteUrl),
      ...named(dataDirectory, DATA),
      NC_SECURE_ATTACHMENTS: String(props.secureAttachments),
      ...named(trustedProxies, String(props.trustedProxies)),
      ...named(privateWebhooks, String(webhooks)),
      ...named(privateDataSources, String(dataSources)),
      NC_DISABLE_TELE: "true",
      NC_ADMIN_EMAIL: props.adminEmail,
      ...redisVariables(props.redis),
      ...s3Variables(props.s3),
      NODE_OPTIONS: `${NODE_OPTIONS} ${preloadOption(SERVICE)}`.trim(),
      ...variables,
    };
  }
}

/**
 * The part of NC_DB about TLS: NocoDB takes names with dots as a path into the settings of its driver, and reads a file of
 * certificate authorities itself (nocodb/nocodb, packages/nocodb/src/utils/nc-config/helpers.ts). Its driver checks the
 * certificate and the name unless it is told otherwise.
 */
function connectionTls({ mode, ca }: ServerTls = { mode: "disable" }): string {
  if (mode === "disable") return "";
  if (mode === "require") return "&connection.ssl.rejectUnauthorized=false";
  return ca === undefined ? "&connection.ssl=true" : `&connection.ssl.caFilePath=${authoritiesMount(SERVICE)}`;
}

/** One value under every name that a version may use for it. */
function named(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/**
 * The URLs of NocoDB for a consumer. The VPN gate may refuse containers at the site, so the internal URL is always
 * there.
 */
function urls({ alias, siteUrl: site }: NocodbProps, baseUrl: "site" | "internal"): Record<string, string> {
  const internal = `http://${alias}:${PORT}`;
  if (baseUrl === "internal") return { NOCODB_BASE_URL: internal };
  return { NOCODB_BASE_URL: site, NOCODB_INTERNAL_URL: internal };
}
