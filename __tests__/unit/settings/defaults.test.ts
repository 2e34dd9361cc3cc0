import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Environment, loadEnvironments } from "../../../settings/environment.js";
import { environmentText } from "../support/environment-text.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "environments-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function load(name: string, over: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = {}): Environment {
  writeFileSync(path.join(directory, `${name}.yaml`), environmentText(over));
  const { environments, problems } = loadEnvironments(directory, env);
  expect(problems).toEqual([]);
  return environments[0]!;
}

const digest = `sha256:${"a".repeat(64)}`;
const acknowledged = { acknowledgements: { "image-below-security-floor": "to see its default" } };

describe("an environment with only the required settings", () => {
  test("gets every default", () => {
    expect(load("staging")).toEqual({
      name: "staging",
      project: "acme",
      domain: "example.com",
      subdomain: "noco",
      ssh: { host: "docker.example.com", user: "deploy", options: {} },
      baseDirectory: "/opt/acme",
      image: "nocodb/nocodb:2026.10.1",
      memory: 512,
      memoryReservation: 128,
      cpus: 0.5,
      networks: { backend: { name: "acme_backend" }, frontend: { name: "acme_frontend" } },
      engine: "container",
      swarm: {
        replicas: 1,
        constraints: [],
        endpointMode: "vip",
        update: { parallelism: 1, delay: 0, monitor: 5 },
        rollback: { parallelism: 1, delay: 0, monitor: 5 },
      },
      alias: "nocodb",
      postgresql: {
        container: "acme_postgresql",
        superuser: "postgres",
        host: "postgresql",
        port: 5432,
        database: "nocodb",
        role: "nocodb",
      },
      caddy: {
        container: "acme_caddy",
        caddyfile: "/opt/acme/configs/caddy/Caddyfile",
        snippets: ["vpn_only", "vpn_error_page"],
      },
      admin: { email: "admin@example.com" },
      bases: [],
      attachments: {},
      consumers: [],
      secureAttachments: true,
      trustedProxies: 1,
      privateNetwork: { webhooks: false, dataSources: false },
      variables: {},
      secrets: [],
      backups: { directory: "/opt/acme/backups/nocodb", keep: 7 },
      onDestroy: { database: "keep", data: "keep", backups: "keep" },
      acknowledgements: {},
      backend: { type: "local" },
    });
  });

  test.each([
    ["prod", "nocodb/nocodb:0.301.3", 384],
    ["staging", "nocodb/nocodb:0.301.3", 256],
    ["prod", `registry.example.com:5000/mirror/nocodb:v0.301.5@${digest}`, 384],
    ["prod", "nocodb/nocodb:2026.10.1", 512],
    ["staging", "nocodb/nocodb:2026.04.0", 512],
    ["prod", `nocodb/nocodb@${digest}`, 512],
    ["staging", "nocodb/nocodb:develop", 512],
  ])("named %s gets, for the image %s, %i MiB", (name, image, memory) => {
    expect(load(name, { image, ...acknowledged }).memory).toBe(memory);
  });

  test("has its Caddyfile in the base directory that it sets", () => {
    expect(load("staging", { baseDirectory: "/srv/acme" }).caddy.caddyfile).toBe("/srv/acme/configs/caddy/Caddyfile");
  });

  test("leaves out frontend if one network of the host serves as both", () => {
    const { networks } = load("staging", { networks: { backend: "web", frontend: "web", more: "more" } });
    expect(networks).toEqual({ backend: { name: "web" }, more: { name: "more" } });
  });

  test("creates a backend network without a route to the outside, and other networks with one", () => {
    const { networks } = load("staging", { networks: { backend: { create: {} }, web: { create: {} } } });
    expect(networks).toEqual({
      backend: { name: "acme_backend", create: { internal: true } },
      frontend: { name: "acme_frontend" },
      web: { name: "acme_web", create: { internal: false } },
    });
  });
});

test("every setting can be chosen", () => {
  const chosen = {
    project: "shop-2",
    engine: "swarm",
    swarm: {
      replicas: 1,
      node: "docker1",
      constraints: ["node.labels.disk == ssd"],
      endpointMode: "dnsrr",
      update: { parallelism: 2, delay: 1, monitor: 30 },
      rollback: { parallelism: 3, delay: 2, monitor: 20 },
    },
    domain: "apps.example.org",
    subdomain: "",
    ssh: {
      host: "2001:db8::1",
      port: 2222,
      user: "ops",
      identityFile: "~/.ssh/shop",
      knownHosts: "/etc/ssh/known",
      configFile: "none",
      options: { ProxyJump: "bastion", ConnectTimeout: "10" },
    },
    baseDirectory: "/srv/shop-data",
    image: `registry.example.org:5000/nocodb:2026.10.1@sha256:${"a".repeat(64)}`,
    memory: "2G",
    memoryReservation: "512M",
    cpus: 2,
    networks: {
      backend: "db",
      frontend: { name: "web", create: { subnet: "10.1.0.0/16", internal: true } },
      monitoring: { name: "metrics" },
    },
    alias: "noco-shop",
    postgresql: { container: "pg", superuser: "root", host: "10.0.0.5", port: 5433, database: "noco-db", role: "noco" },
    caddy: {
      container: "web",
      caddyfile: "/etc/caddy/Caddyfile",
      sitesDirectory: "/etc/caddy/sites",
      snippets: [],
      contentSecurityPolicy: { allow: ["https://s3.example.com", "wss://*.example.com:8443"] },
    },
    admin: { email: "ops+noco@example.org" },
    bases: ["Production", "Über uns"],
    secureAttachments: false,
    trustedProxies: 2,
    privateNetwork: { webhooks: true, dataSources: true },
    variables: {
      NODE_OPTIONS: "--max-old-space-size=1500",
      NC_SMTP_FROM: "a=b 'c' \"d\" ü",
      NC_REDIS_URL: "redis://:${secret:REDIS_PASSWORD}@redis:6379",
    },
    secrets: ["REDIS_PASSWORD", "NC_SMTP_PASSWORD"],
    backups: { directory: "/mnt/backups", keep: 30 },
    onDestroy: { database: "delete", data: "delete", backups: "keep" },
    acknowledgements: { "image-below-security-floor": "not needed here, and not an error" },
    backend: {
      type: "s3",
      bucket: "shop",
      key: "noco",
      region: "eu-1",
      endpoints: { s3: "https://s3.example.org" },
      encrypt: false,
      use_lockfile: false,
    },
  };
  expect(load("eu-1", chosen)).toEqual({
    ...chosen,
    name: "eu-1",
    memory: 2048,
    memoryReservation: 512,
    networks: { ...chosen.networks, backend: { name: "db" } },
    secrets: ["NC_SMTP_PASSWORD", "REDIS_PASSWORD"],
    attachments: {},
    consumers: [],
  });
});

describe("${env:NAME}", () => {
  test("is replaced as a whole value and inside one, and becomes a number or a boolean if the setting is one", () => {
    const over = {
      baseDirectory: "${env:HOME}/host",
      cpus: "${env:CPUS}",
      memory: "${env:MEMORY}",
      ssh: { host: "${env:HOST}", user: "deploy", port: "${env:PORT}" },
      networks: { backend: { create: { internal: "${env:INTERNAL}" } } },
      variables: { NC_LIMIT: "${env:PORT}" },
    };
    const env = { HOME: "/home/me", CPUS: "1.5", MEMORY: "1G", HOST: "h", PORT: "2022", INTERNAL: "false" };
    const environment = load("staging", over, env);
    expect(environment).toMatchObject({
      baseDirectory: "/home/me/host",
      cpus: 1.5,
      memory: 1024,
      ssh: { host: "h", port: 2022 },
      networks: { backend: { create: { internal: false } } },
      variables: { NC_LIMIT: "2022" },
    });
  });

  test("that is set to nothing is an empty value", () => {
    expect(load("staging", { subdomain: "${env:SUBDOMAIN}" }, { SUBDOMAIN: "" }).subdomain).toBe("");
  });
});
