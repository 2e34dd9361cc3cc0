/** Hosts on which a deploy would break something, or could not work: the plan refuses them. */
import type { RefusedHost } from "../gallery-host.js";
import { instance, PUBLISHED } from "../place.js";
import { PLAIN } from "./postgresql.js";

const { domain, frontend } = instance;
const OPTIONS = "\tlocal_certs\n\tskip_install_trust\n";
const cloud = (upstream: string) => `cloud.${domain} {\n\treverse_proxy ${upstream}\n}\n`;
const APPS = [{ name: "cloud", port: 80 }];

const dockerProxy: RefusedHost = {
  title: "caddy-docker-proxy, which makes the configuration from labels of containers",
  caddy: {
    files: {
      Caddyfile: `{\n${OPTIONS}}\n`,
      "generated/Caddyfile": `{\n${OPTIONS}}\n${cloud("cloud:80")}whoami.${domain} {\n\trespond "labelled"\n}\n`,
    },
    command: `caddy run --config /etc/caddy/Caddyfile & sleep 2; caddy reload --config /etc/caddy/generated/Caddyfile; wait`,
  },
  apps: APPS,
  neighbours: [{ site: "cloud" }, { site: "whoami" }],
  refused: [`It serves cloud.${domain} whoami.${domain}, which the Caddyfile does not have`, "caddy-docker-proxy"],
};

const json: RefusedHost = {
  title: "a Caddy that is configured with JSON",
  caddy: {
    files: {
      "caddy.json": JSON.stringify({
        apps: {
          http: {
            servers: {
              web: {
                listen: [":80"],
                routes: [{ handle: [{ handler: "static_response", body: "from JSON" }] }],
              },
            },
          },
        },
      }),
    },
    caddyfile: "caddy.json",
    command: "exec caddy run --config /etc/caddy/caddy.json",
  },
  neighbours: [{ site: "cloud", scheme: "http" }],
  refused: ["configs/caddy/caddy.json is JSON, and the app adds its site to a Caddyfile: correct caddy.caddyfile"],
};

const noCertificates: RefusedHost = {
  title: "a Caddy behind another proxy that ends TLS, with auto_https off",
  caddy: {
    files: {
      Caddyfile: `{\n\tauto_https off\n}\n\nhttp://cloud.${domain} {\n\treverse_proxy cloud:80\n}\n`,
    },
  },
  apps: APPS,
  neighbours: [{ site: "cloud", scheme: "http" }],
  refused: ["auto_https", `leaves the site noco.${domain} without a certificate`],
};

const onHostNetwork: RefusedHost = {
  title: "a Caddy on the host's network",
  caddy: {
    files: {
      Caddyfile: `{\n${OPTIONS}\thttp_port ${PUBLISHED.http}\n\thttps_port ${PUBLISHED.https}\n\tadmin localhost:${PUBLISHED.http + 1}\n}\n\ncloud.${domain} {\n\trespond "cloud"\n}\n`,
    },
    network: "host",
    isPublished: false,
  },
  neighbours: [{ site: "cloud" }],
  refused: [
    "It is on the host's network",
    `recreate it on ${frontend.name} with published ports`,
    "network_mode: host",
  ],
  advised: {
    ...PLAIN,
    title: "the same Caddy on a network of the service, with published ports",
  },
};

const passwordAtSocket: RefusedHost = {
  ...PLAIN,
  title: "a PostgreSQL that asks its superuser for a password at the local socket",
  postgresql: { superuser: "postgres", access: "local all all scram-sha-256\n" },
  refused: [
    "asks postgres for a password at its local socket",
    'put the line "local all postgres trust" at the start of its pg_hba.conf',
  ],
  advised: {
    ...PLAIN,
    title: "the same PostgreSQL with the line of the advice in front of pg_hba.conf",
    postgresql: { superuser: "postgres", access: "local all postgres trust\nlocal all all scram-sha-256\n" },
  },
};

const onDefaultBridge: RefusedHost = {
  ...PLAIN,
  title: "containers on Docker's own bridge, as without a compose file",
  caddy: { ...PLAIN.caddy, network: "bridge" },
  settings: { "networks.frontend": "bridge" },
  refused: ["names bridge, one of Docker's own networks", "docker network create web", "docker network connect web"],
  advised: {
    ...PLAIN,
    title: "the same Caddy, attached to another network",
    // The lab's machine reaches no container at an address of Docker's own bridge.
    caddy: { ...PLAIN.caddy, network: "bridge", furtherNetworks: [frontend.name] },
  },
};

export const REFUSED: readonly RefusedHost[] = [
  dockerProxy,
  json,
  noCertificates,
  onHostNetwork,
  onDefaultBridge,
  passwordAtSocket,
];
