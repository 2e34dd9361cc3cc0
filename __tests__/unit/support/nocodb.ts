import { HostOwnership } from "../../../constructs/host-ownership/host-ownership.js";
import { NetworkAttachment } from "../../../constructs/network-attachment/network-attachment.js";
import { Nocodb } from "../../../constructs/nocodb/nocodb.js";
import type { NocodbPlace, NocodbProps } from "../../../constructs/nocodb/nocodb-props.js";
import type { RemoteHost } from "../../../constructs/remote-host/remote-host.js";
import type { AddressedStack } from "../../../stacks/addressed-stack.js";
import { formsPlace } from "./forms.js";
import { hostIn, type Synthesized, synthesize } from "./scope.js";

const restoreCommand = "npx nocodb-host backup restore staging";

/** The place of NocoDB, with other settings over it. */
export const placeIn = (stack: AddressedStack, host: RemoteHost, over: Partial<NocodbPlace> = {}): NocodbPlace => {
  const { name: _, ...place } = formsPlace(host, new HostOwnership(stack, "ownership", { host }));
  return {
    ...place,
    containerName: "acme_nocodb",
    postgresql: { ...place.postgresql, database: "nocodb", role: "nocodb" },
    configDirectory: "/opt/acme/configs/nocodb",
    dataDirectory: "/opt/acme/data/nocodb",
    backups: { directory: "/opt/acme/backups/nocodb", keep: 7, restoreCommand },
    ...over,
  };
};

/** An enabled NocoDB with the fewest settings, with other ones over them. */
export const nocodb = (over: Partial<NocodbProps> = {}, place: Partial<NocodbPlace> = {}): Synthesized =>
  synthesize((stack) => {
    const host = hostIn(stack);
    new Nocodb(stack, "nocodb", placeIn(stack, host, place)).enable({
      image: "nocodb/nocodb:2026.09.0",
      memory: 256,
      memoryReservation: 128,
      cpus: 0.5,
      siteHost: "noco.example.com",
      siteUrl: "https://noco.example.com",
      siteImports: ["vpn_only"],
      networks: [new NetworkAttachment(stack, "network", { host, name: "acme_backend", aliases: ["nocodb"] })],
      alias: "nocodb",
      deployUser: "deploy",
      adminEmail: "admin@example.com",
      onDestroy: { database: "keep", data: "keep", backups: "keep" },
      bases: [],
      consumers: [],
      secureAttachments: true,
      trustedProxies: 1,
      privateNetwork: { webhooks: false, dataSources: false },
      secrets: [],
      variables: {},
      ...over,
    });
  });
