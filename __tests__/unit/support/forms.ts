import { HostOwnership } from "../../../constructs/host-ownership/host-ownership.js";
import { NetworkAttachment } from "../../../constructs/network-attachment/network-attachment.js";
import type { RemoteHost } from "../../../constructs/remote-host/remote-host.js";
import { WebService } from "../../../constructs/web-service/web-service.js";
import type { ServicePlace, WebServiceProps } from "../../../constructs/web-service/web-service-props.js";
import type { AddressedStack } from "../../../stacks/addressed-stack.js";
import { hostIn } from "./scope.js";

/** A service other than NocoDB, with the fewest settings, with other ones over them. */
export function forms(stack: AddressedStack, place: Partial<ServicePlace> = {}) {
  const host = hostIn(stack);
  const ownership = new HostOwnership(stack, "ownership", { host });
  return { host, service: new WebService(stack, "forms", { ...formsPlace(host, ownership), ...place }) };
}

/** The place of the forms service, with only the required settings. */
export function formsPlace(host: RemoteHost, ownership: HostOwnership): ServicePlace {
  return {
    host,
    ownership,
    environmentName: "staging",
    name: "forms",
    containerName: "acme_forms",
    caddy: { container: "acme_caddy", caddyfile: "/opt/acme/Caddyfile" },
    postgresql: {
      container: "acme_postgresql",
      superuser: "postgres",
      host: "postgresql",
      port: 5432,
      database: "forms",
      role: "forms_role",
    },
    configDirectory: "/opt/acme/configs/forms",
    dataDirectory: "/opt/acme/data/forms",
    backups: { directory: "/opt/acme/backups/forms", keep: 3, restoreCommand: "restore forms" },
  };
}

/** How it runs; the alias also names its site and what the stack holds of it. */
export function formsProps(stack: AddressedStack, host: RemoteHost, alias = "forms"): WebServiceProps {
  return {
    image: "acme/forms:1.2.3",
    memory: 128,
    memoryReservation: 64,
    cpus: 0.5,
    networks: [new NetworkAttachment(stack, `${alias}_network`, { host, name: "acme_backend", aliases: [alias] })],
    alias,
    port: 3000,
    healthPath: "/health",
    siteHost: `${alias}.example.com`,
    variables: { PORT: "3000" },
    dataOwner: "1000:1000",
    dataMount: "/srv/data",
    deployUser: "deploy",
    onDestroy: { database: "keep", data: "keep", backups: "keep" },
  };
}
