import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { HostOwnership } from "../constructs/host-ownership/host-ownership.js";
import { NetworkAttachment } from "../constructs/network-attachment/network-attachment.js";
import { Nocodb } from "../constructs/nocodb/nocodb.js";
import type { NocodbPlace } from "../constructs/nocodb/nocodb-props.js";
import { originOf } from "../constructs/nocodb/storage.js";
import { RemoteHost } from "../constructs/remote-host/remote-host.js";
import type { RunningService } from "../constructs/service-container/service.js";
import type { ClusterProps } from "../constructs/swarm-service/cluster.js";
import { type Environment, heapMiB } from "../settings/environment.js";
import { placesOf, siteUrlOf } from "../settings/places.js";
import { AddressedStack } from "./addressed-stack.js";
import { keepState, markedPlace } from "./state-backend.js";

/**
 * One environment: NocoDB on its host.
 *
 * With an empty subdomain NocoDB is disabled: a deploy removes container and site, and keeps database, data and secrets,
 * so setting a subdomain restores all of it.
 */
export class NocodbStack extends AddressedStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, environment.name);
    keepState(this, environment);
    const place = this.place(environment);
    const enabled = environment.subdomain !== "";
    const siteHost = `${environment.subdomain}.${environment.domain}`;
    const nocodb = new Nocodb(this, "nocodb", place);
    const service = enabled ? this.enable(nocodb, environment, place, siteHost) : undefined;
    if (!enabled) nocodb.disable();

    new TerraformOutput(this, "url", { value: enabled ? siteUrlOf(environment) : "" });
    new TerraformOutput(this, "container_id", { value: service ? service.resource.id : "" });
    new TerraformOutput(this, "database", { value: environment.postgresql.database });
  }

  /** Where NocoDB and its data are on the host, enabled or not. */
  private place(environment: Environment): NocodbPlace {
    const { name, caddy, postgresql, backups, alerts, ssh, subdomain } = environment;
    const { recordsDirectory, containerName, configDirectory, dataDirectory } = placesOf(environment);
    const host = new RemoteHost(this, "host", { ssh, recordsDirectory });
    const statePlace = markedPlace(environment);
    return {
      host,
      ownership: new HostOwnership(this, "ownership", { host, statePlace, enabled: subdomain !== "" }),
      environmentName: name,
      containerName,
      caddy,
      postgresql,
      configDirectory,
      dataDirectory,
      backups: { ...backups, restoreCommand: `npx nocodb-host backup restore ${name}` },
      alerts: alerts && {
        ...alerts,
        deployCommand: `npx cdktf deploy ${name}`,
        setSecretCommand: `npx nocodb-host secret set ${name}`,
      },
    };
  }

  private enable(nocodb: Nocodb, environment: Environment, { host }: NocodbPlace, siteHost: string): RunningService {
    const overlay = environment.engine === "swarm";
    const networks = Object.entries(environment.networks).map(
      ([key, setting]) =>
        new NetworkAttachment(this, `${key}_network`, { host, ...setting, overlay, aliases: [environment.alias] }),
    );
    const { memory, memoryReservation, cpus, image, onDestroy, bases, consumers } = environment;
    const { secureAttachments, trustedProxies, privateNetwork, usernsMode, redis, acknowledgements } = environment;
    const { s3 } = environment.attachments;
    const origins = environment.caddy.contentSecurityPolicy?.allow;
    return nocodb.enable({
      image,
      cluster: clusterOf(environment),
      memory,
      memoryReservation,
      cpus,
      usernsMode,
      siteHost,
      siteUrl: siteUrlOf(environment),
      siteImports: environment.caddy.snippets,
      siteAllowedOrigins: origins && [...new Set([...origins, ...(s3 ? [originOf(s3)] : [])])],
      networks,
      alias: environment.alias,
      deployUser: environment.ssh.user,
      onDestroy,
      adminEmail: environment.admin.email,
      renamesAdmin: acknowledgements["super-admin-renamed"] !== undefined,
      redis,
      s3: s3 && { ...s3, leavesLocal: acknowledgements["local-attachments-left"] !== undefined },
      bases,
      consumers,
      secureAttachments,
      trustedProxies,
      privateNetwork,
      secrets: environment.secrets,
      variables: { NODE_OPTIONS: `--max-old-space-size=${heapMiB(memory)}`, ...environment.variables },
    });
  }
}

/** How NocoDB runs in a cluster. Two instances may overlap only if they tell each other of changes. */
function clusterOf({ engine, swarm }: Environment): ClusterProps | undefined {
  if (engine !== "swarm") return undefined;
  return { ...swarm, startFirst: swarm.node === undefined && swarm.replicas > 1 };
}
