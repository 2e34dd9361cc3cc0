import { CloudBackend, LocalBackend, NamedCloudWorkspace, TaggedCloudWorkspaces, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { AddressedStack } from "../constructs/addressed-stack.js";
import { NetworkAttachment } from "../constructs/network-attachment.js";
import { Nocodb } from "../constructs/nocodb.js";
import { RemoteHost } from "../constructs/remote-host.js";
import type { ServiceContainer } from "../constructs/service-container.js";
import { configDirectory, type Environment, heapMiB } from "../settings/environment.js";

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
    addBackend(this, environment);
    const host = new RemoteHost(this, "host", {
      ssh: environment.ssh,
      manifestDirectory: `${configDirectory(environment)}/manifest`,
    });
    const nocodb = new Nocodb(this, "nocodb");
    const absent = environment.subdomain === "";
    const siteHost = `${environment.subdomain}.${environment.domain}`;
    const service = absent ? undefined : this.serve(nocodb, environment, host, siteHost);
    if (absent) nocodb.beAbsent({ host, caddy: environment.caddy });

    new TerraformOutput(this, "url", { value: absent ? "" : `https://${siteHost}` });
    new TerraformOutput(this, "container_id", { value: service ? service.container.id : "" });
    new TerraformOutput(this, "database", { value: environment.postgresql.database });
  }

  private serve(nocodb: Nocodb, environment: Environment, host: RemoteHost, siteHost: string): ServiceContainer {
    const networks = (["backend", "frontend"] as const).map((side) => {
      const setting = environment.networks[side];
      return new NetworkAttachment(this, `${side}_network`, { host, ...setting, aliases: [ALIAS] });
    });
    const { memory, memoryReservation, cpus, image } = environment;
    return nocodb.serve({
      host,
      environmentName: environment.name,
      containerName: `${environment.project}_nocodb`,
      image,
      memory,
      memoryReservation,
      cpus,
      siteHost,
      caddy: environment.caddy,
      siteImports: environment.caddy.snippets,
      networks,
      alias: ALIAS,
      postgresql: environment.postgresql,
      configDirectory: configDirectory(environment),
      dataDirectory: `${environment.baseDirectory}/data/nocodb`,
      deployUser: environment.ssh.user,
      backups: environment.backups,
      adminEmail: environment.admin.email,
      renamesAdmin: environment.acknowledgements["super-admin-renamed"] !== undefined,
      consumers: environment.consumers,
      environment: { NODE_OPTIONS: `--max-old-space-size=${heapMiB(memory)}`, ...environment.environment },
    });
  }
}

/** Local state lies beside cdktf.out, not in it: cdktf deletes there what it does not synthesize. */
function addBackend(stack: NocodbStack, { name, backend }: Environment): void {
  if (backend.type === "local") {
    new LocalBackend(stack, { path: `../../../state/${name}.tfstate` });
    return;
  }
  const { hostname, organization, workspace, tags } = backend;
  new CloudBackend(stack, {
    ...(hostname !== undefined && { hostname }),
    organization,
    workspaces: tags ? new TaggedCloudWorkspaces(tags) : new NamedCloudWorkspace(workspace!),
  });
}
