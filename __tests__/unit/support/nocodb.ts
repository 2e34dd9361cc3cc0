import { Claim } from "../../../constructs/host-ownership/host-ownership.js";
import { NetworkAttachment } from "../../../constructs/network-attachment/network-attachment.js";
import { Nocodb } from "../../../constructs/nocodb/nocodb.js";
import type { NocodbProps } from "../../../constructs/nocodb/nocodb-props.js";
import { hostIn, type Synthesized, synthesize } from "./scope.js";

/** A served NocoDB that says only what it must, with other settings over it. */
export const nocodb = (over: Partial<NocodbProps> = {}): Synthesized =>
  synthesize((stack) => {
    const host = hostIn(stack);
    new Nocodb(stack, "nocodb").serve({
      host,
      claim: new Claim(stack, "claim", { host }),
      environmentName: "staging",
      containerName: "acme_nocodb",
      image: "nocodb/nocodb:2026.09.0",
      memory: 256,
      memoryReservation: 128,
      cpus: 0.5,
      siteHost: "noco.example.com",
      caddy: { container: "acme_caddy", caddyfile: "/opt/acme/Caddyfile" },
      siteImports: ["vpn_only"],
      networks: [new NetworkAttachment(stack, "network", { host, name: "acme_backend", aliases: ["nocodb"] })],
      alias: "nocodb",
      postgresql: {
        container: "acme_postgresql",
        superuser: "postgres",
        host: "postgresql",
        port: 5432,
        database: "nocodb",
        role: "nocodb",
      },
      configDirectory: "/opt/acme/configs/nocodb",
      dataDirectory: "/opt/acme/data/nocodb",
      deployUser: "deploy",
      adminEmail: "admin@example.com",
      backups: { directory: "/opt/acme/backups/nocodb", keep: 7 },
      onDestroy: { database: "keep", data: "keep", backups: "keep" },
      consumers: [],
      environment: {},
      ...over,
    });
  });
