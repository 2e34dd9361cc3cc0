import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { AddressedStack } from "../constructs/addressed-stack.js";
import { Claim } from "../constructs/claim.js";
import { NetworkAttachment } from "../constructs/network-attachment.js";
import { Nocodb } from "../constructs/nocodb.js";
import type { NocodbPlace } from "../constructs/nocodb-props.js";
import { RemoteHost } from "../constructs/remote-host.js";
import type { ServiceContainer } from "../constructs/service-container.js";
import { configDirectory, type Environment, heapMiB } from "../settings/environment.js";
import { encryptState } from "./encryption.js";
import { keepState, markedPlace } from "./state.js";

const ALIAS = "nocodb";

/**
 * One environment: NocoDB on its host.
 *
 * With an empty subdomain NocoDB is absent: a deploy takes away container and site, and keeps database, data and (in the
 * state) the secrets, so that a subdomain brings all of it back.
 */
export class NocodbStack extends AddressedStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, environment.name);
    keepState(this, environment);
    encryptState(this, environment);
    const host = new RemoteHost(this, "host", {
      ssh: environment.ssh,
      manifestDirectory: `${configDirectory(environment)}/manifest`,
    });
    const place = {
      host,
      claim: new Claim(this, "claim", { host, statePlace: markedPlace(environment) }),
      ...placed(environment),
    };
    const nocodb = new Nocodb(this, "nocodb");
    const absent = environment.subdomain === "";
    const siteHost = `${environment.subdomain}.${environment.domain}`;
    const service = absent ? undefined : this.serve(nocodb, environment, place, siteHost);
    if (absent) nocodb.beAbsent(place);

    new TerraformOutput(this, "url", { value: absent ? "" : `https://${siteHost}` });
    new TerraformOutput(this, "container_id", { value: service ? service.container.id : "" });
    new TerraformOutput(this, "database", { value: environment.postgresql.database });
  }

  private serve(nocodb: Nocodb, environment: Environment, place: NocodbPlace, siteHost: string): ServiceContainer {
    place.claim.make();
    const networks = (["backend", "frontend"] as const).map((side) => {
      const setting = environment.networks[side];
      return new NetworkAttachment(this, `${side}_network`, { host: place.host, ...setting, aliases: [ALIAS] });
    });
    const { memory, memoryReservation, cpus, image, onDestroy, consumers } = environment;
    return nocodb.serve({
      ...place,
      image,
      memory,
      memoryReservation,
      cpus,
      siteHost,
      siteImports: environment.caddy.snippets,
      networks,
      alias: ALIAS,
      deployUser: environment.ssh.user,
      onDestroy,
      adminEmail: environment.admin.email,
      renamesAdmin: environment.acknowledgements["super-admin-renamed"] !== undefined,
      consumers,
      environment: { NODE_OPTIONS: `--max-old-space-size=${heapMiB(memory)}`, ...environment.environment },
    });
  }
}

/** Where NocoDB and its data are on the host, served or not. */
function placed(environment: Environment): Omit<NocodbPlace, "host" | "claim"> {
  const { name, project, baseDirectory, caddy, postgresql, backups } = environment;
  return {
    environmentName: name,
    containerName: `${project}_nocodb`,
    caddy,
    postgresql,
    configDirectory: configDirectory(environment),
    dataDirectory: `${baseDirectory}/data/nocodb`,
    backups,
  };
}
