import { Construct } from "constructs";
import { Secret } from "../remote-host/secret.js";
import { GeneratedSecret, GivenSecret } from "../secret/generated-secret.js";
import { PinnedSecret } from "../secret/pinned-secret.js";
import type { ServiceContainer } from "../service-container/service-container.js";
import { type EnabledService, WebService } from "../web-service/web-service.js";
import { NocodbConsumers, NocodbConsumersRemoval } from "./consumers/nocodb-consumers.js";
import { GRACE_PERIOD, type NocodbPlace, type NocodbProps, OWN_TABLES, SERVICE, STOP_SIGNAL } from "./nocodb-props.js";
import { versionOf } from "./version.js";

/** Where the data directory is mounted. */
const DATA = "/data";
/** TCP port NocoDB listens on inside its container. */
const PORT = 8080;

/** NocoDB on a Docker host: a web service with secrets, and with consumers of its API. */
export class Nocodb extends Construct {
  private readonly databasePassword: Secret;
  private readonly jwtSecret: Secret;
  private readonly adminPassword: Secret;
  private readonly connectionEncryptKey: Secret;
  private readonly place: NocodbPlace;
  private readonly service: WebService;

  constructor(scope: Construct, id: string, place: NocodbPlace) {
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
        "variable nocodb_connection_encrypt_key: not the value that NocoDB has run with, so it could not read its data sources any more, and nothing was changed. Give the former value (none, if there was none) in TF_VAR_nocodb_connection_encrypt_key. To introduce a key on purpose, see docs/secrets.md.",
    });
    this.place = place;
    const postgresql = { ...place.postgresql, ownedTables: OWN_TABLES };
    // The id "Resource" adds nothing to addresses: nocodb_container, not nocodb_service_container.
    this.service = new WebService(this, "Resource", { ...place, postgresql, name: SERVICE, kind: SERVICE });
  }

  /** NocoDB does not run; its secrets and data stay. */
  disable(): void {
    const { host } = this.place;
    this.service.disable();
    new NocodbConsumersRemoval(this, "consumers_removal", { host, of: "consumers", containers: [] });
  }

  /** NocoDB runs and answers at its site, and its consumers have tokens. */
  enable(props: NocodbProps): ServiceContainer {
    const { host, containerName, environmentName, postgresql } = this.place;
    const networks = props.networks.map((network) => network.nameOnHost).join(" ");
    host.require(`no_other_nocodb ${containerName} ${environmentName} ${networks}`);
    host.require(`no_worker ${postgresql.container} ${postgresql.database} ${networks}`);
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
      unchangingVariables: ["NC_CONNECTION_ENCRYPT_KEY"],
      databasePassword: this.databasePassword,
      dataOwner: "1000:1000",
      dataMount: DATA,
    });
    service.protect(this.consumers(props, service));
    return service.container;
  }

  private consumers(props: NocodbProps, { container, environmentFile }: EnabledService): NocodbConsumers {
    const { host, containerName, postgresql } = this.place;
    const { superuser, database } = postgresql;
    const renamed = props.renamesAdmin ? " accepted" : "";
    host.require(`super_admin ${postgresql.container} ${superuser} ${database} ${props.adminEmail}${renamed}`);
    // Removed before the container, because tokens are deleted through NocoDB itself.
    const removal = new NocodbConsumersRemoval(this, "consumers_removal", {
      host,
      of: "consumers",
      containers: [containerName],
      dependsOn: [container.container],
    });
    return new NocodbConsumers(this, "consumers", {
      host,
      container: containerName,
      port: PORT,
      environmentFile: environmentFile.path,
      postgresql,
      deployUser: props.deployUser,
      bases: props.bases,
      consumers: props.consumers.map(({ baseUrl, ...consumer }) => ({ ...consumer, variables: urls(props, baseUrl) })),
      healthy: container.healthy.resource.id,
      dependsOn: [removal.resource],
    });
  }

  /** NocoDB's own variables. */
  private variables(props: NocodbProps): Record<string, string | Secret> {
    const { host, port, role, database } = this.place.postgresql;
    const { siteUrl, dataDirectory, trustedProxies, privateWebhooks, privateDataSources } = versionOf(props.image);
    const { webhooks, dataSources } = props.privateNetwork;
    const password = this.databasePassword.urlEncoded();
    return {
      NC_DB: Secret.join(this, [`pg://${host}:${port}?u=${role}&p=`, password, `&d=${database}`]),
      ...named(siteUrl, `https://${props.siteHost}`),
      NC_AUTH_JWT_SECRET: this.jwtSecret,
      ...named(dataDirectory, DATA),
      NC_SECURE_ATTACHMENTS: String(props.secureAttachments),
      ...named(trustedProxies, String(props.trustedProxies)),
      ...named(privateWebhooks, String(webhooks)),
      ...named(privateDataSources, String(dataSources)),
      NC_DISABLE_TELE: "true",
      NC_ADMIN_EMAIL: props.adminEmail,
      NC_ADMIN_PASSWORD: this.adminPassword,
      NC_CONNECTION_ENCRYPT_KEY: this.connectionEncryptKey,
      ...props.variables,
    };
  }
}

/** One value under every name that a version may use for it. */
function named(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/**
 * The URLs of NocoDB for a consumer. The VPN gate may refuse containers at the site, so the internal URL is always
 * there.
 */
function urls({ alias, siteHost }: NocodbProps, baseUrl: "site" | "internal"): Record<string, string> {
  const internal = `http://${alias}:${PORT}`;
  if (baseUrl === "internal") return { NOCODB_BASE_URL: internal };
  return { NOCODB_BASE_URL: `https://${siteHost}`, NOCODB_INTERNAL_URL: internal };
}
