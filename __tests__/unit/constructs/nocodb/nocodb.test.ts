import { describe, expect, test } from "vitest";
import { Nocodb } from "../../../../constructs/nocodb/nocodb.js";
import type { NocodbProps } from "../../../../constructs/nocodb/nocodb-props.js";
import type { ServerTls } from "../../../../constructs/postgres-database/server.js";
import { nocodb, placeIn } from "../../support/nocodb.js";
import {
  block,
  hostIn,
  localExec,
  programOf,
  requirements,
  type Synthesized,
  synthesize,
  triggers,
} from "../../support/scope.js";

/** The variables of the container, as Terraform reads them. */
function variables(over: Partial<NocodbProps> = {}): Record<string, string> {
  const lines = block(nocodb(over), "docker_container.nocodb_container").env as string[];
  return Object.fromEntries(
    lines.map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1).replaceAll("$${", "${")]),
  );
}

describe("a PostgreSQL elsewhere", () => {
  const [host, port] = ["db.example.com", 5433];
  const container =
    "postgresql://db.example.com:5433?image=postgres:17&network=bridge&tls=verify-full&secrets=/opt/acme/x";
  const database = { database: "nocodb", role: "nocodb", superuser: "admin" };
  const elsewhere = (tls: ServerTls) => nocodb({}, { postgresql: { ...database, container, host, port, tls } });
  const containerOf = (json: Synthesized) => block(json, "docker_container.nocodb_container");
  const connection = (tls: ServerTls) =>
    (containerOf(elsewhere(tls)).env as string[]).find((line) => line.startsWith("NC_DB="))!.split("&d=nocodb")[1];

  test.each<[ServerTls, string]>([
    [{ mode: "verify-full" }, "&connection.ssl=true"],
    [{ mode: "verify-full", ca: "/etc/ca.crt" }, "&connection.ssl.caFilePath=/run/nocodb-postgresql-ca.crt"],
    [{ mode: "require" }, "&connection.ssl.rejectUnauthorized=false"],
    [{ mode: "disable" }, ""],
  ])("with TLS %j", (tls, expected) => {
    expect(connection(tls)).toBe(expected);
  });

  test("whose authority has a file of its own: it is mounted", () => {
    const { volumes } = containerOf(elsewhere({ mode: "verify-full", ca: "/etc/ca.crt" }));
    expect(volumes).toContainEqual({
      ...{ host_path: "/etc/ca.crt", container_path: "/run/nocodb-postgresql-ca.crt", read_only: true },
    });
  });

  test("is reached from NocoDB's networks; no container has its name there", () => {
    const required = requirements(elsewhere({ mode: "verify-full" }));
    expect(required).toContain(`reaches ${container} admin acme_backend`);
    expect(required.filter((line) => line.startsWith("found "))).toEqual([]);
  });
});

describe("the variables of NocoDB", () => {
  test("with nothing given, and without a secret", () => {
    expect(variables()).toEqual({
      NC_DB: "pg://postgresql:5432?u=nocodb&p=${secret:DATABASE_PASSWORD}&d=nocodb",
      NC_SITE_URL: "https://noco.example.com",
      NC_PUBLIC_URL: "https://noco.example.com",
      NC_APP_DATA_DIR: "/data",
      NC_TOOL_DIR: "/data",
      NC_SECURE_ATTACHMENTS: "true",
      NC_TRUST_PROXY: "1",
      NC_WEBHOOK_ALLOW_PRIVATE_NETWORK: "false",
      NC_ALLOW_LOCAL_HOOKS: "false",
      NC_ALLOW_LOCAL_EXTERNAL_DBS: "false",
      NC_DISABLE_TELE: "true",
      NC_ADMIN_EMAIL: "admin@example.com",
      NODE_OPTIONS: "--require=/run/nocodb/secrets.cjs",
    });
  });

  test("of a version before the calendar ones, which has one name for each", () => {
    const own = variables({ image: "nocodb/nocodb:0.301.3" });
    expect(own).toMatchObject({ NC_PUBLIC_URL: "https://noco.example.com", NC_TOOL_DIR: "/data" });
    expect(own).toMatchObject({ NC_SECURE_ATTACHMENTS: "true", NC_ALLOW_LOCAL_HOOKS: "false" });
    const later = /SITE_URL|APP_DATA|TRUST_PROXY|ALLOW_PRIVATE|EXTERNAL_DBS/;
    expect(Object.keys(own).filter((name) => later.test(name))).toEqual([]);
  });

  test.each([
    ["webhooks", ["NC_WEBHOOK_ALLOW_PRIVATE_NETWORK", "NC_ALLOW_LOCAL_HOOKS"]],
    ["dataSources", ["NC_ALLOW_LOCAL_EXTERNAL_DBS"]],
  ])("open private addresses only to %s", (which, names) => {
    const closed = { webhooks: false, dataSources: false };
    const own = variables({ privateNetwork: { ...closed, [which]: true } });
    const opened = Object.keys(own).filter((name) => name.includes("ALLOW") && own[name] === "true");
    expect(opened).toEqual(names);
  });

  test("leave attachments open and trust no proxy only on request", () => {
    const own = variables({ secureAttachments: false, trustedProxies: 0 });
    expect(own).toMatchObject({ NC_SECURE_ATTACHMENTS: "false", NC_TRUST_PROXY: "0" });
  });

  test("for Redis, whose jobs have a database that no start empties", () => {
    const redis = { host: "redis", port: 6379, tls: false, database: 2, password: "secret" } as const;
    expect(variables({ redis })).toMatchObject({
      NC_REDIS_URL: "redis://:${secret:REDIS_PASSWORD}@redis:6379/2",
      NC_REDIS_JOB_URL: "redis://:${secret:REDIS_PASSWORD}@redis:6379/3",
    });
    expect(variables({ redis: { ...redis, tls: true, password: "none" } })).toMatchObject({
      NC_REDIS_URL: "rediss://redis:6379/2",
      NC_REDIS_JOB_URL: "rediss://redis:6379/3?tls=true",
    });
  });

  test("for a bucket, without its keys", () => {
    const s3 = { bucket: "acme", region: "eu-central-1", forcePathStyle: false, leavesLocal: false };
    const own = variables({ s3: { ...s3, endpoint: "https://s3.example.com", forcePathStyle: true } });
    const names = Object.keys(own).filter((name) => name.startsWith("NC_S3_"));
    expect(own).toMatchObject({ NC_S3_ENDPOINT: "https://s3.example.com", NC_S3_FORCE_PATH_STYLE: "true" });
    expect(names).toEqual(["NC_S3_BUCKET_NAME", "NC_S3_REGION", "NC_S3_ENDPOINT", "NC_S3_FORCE_PATH_STYLE"]);
    expect(variables({ s3 })).not.toHaveProperty("NC_S3_ENDPOINT");
  });

  test("with the operator's own variables, which win; NODE_OPTIONS still loads the secrets", () => {
    const own = { NC_DISABLE_TELE: "", NC_SMTP_HOST: "mail" };
    const NODE_OPTIONS = "--max-old-space-size=300";
    expect(variables({ variables: { ...own, NODE_OPTIONS } })).toMatchObject({
      ...own,
      NODE_OPTIONS: "--max-old-space-size=300 --require=/run/nocodb/secrets.cjs",
    });
  });
});

describe("NocoDB's place on the host", () => {
  test("its configuration belongs to the deploy user, its data to the container's user", () => {
    const json = nocodb();
    expect(triggers(json, "nocodb_config_directory")).toMatchObject({
      path: "/opt/acme/configs/nocodb",
      owner: "deploy",
      mode: "0755",
    });
    expect(triggers(json, "nocodb_data_directory")).toMatchObject({
      path: "/opt/acme/data/nocodb",
      owner: "1000:1000",
      mode: "0755",
    });
    expect(block(json, "docker_container.nocodb_container").volumes).toEqual([
      { host_path: "/opt/acme/data/nocodb", container_path: "/data" },
      { host_path: "/opt/acme/configs/nocodb/secrets", container_path: "/run/nocodb", read_only: true },
    ]);
  });

  test("its variables are in a file of the deploy user, its secrets in a directory of root", () => {
    const json = nocodb({ secrets: ["NC_SMTP_PASSWORD"] });
    expect(triggers(json, "nocodb_env_file")).toMatchObject({
      path: "/opt/acme/configs/nocodb/nocodb.env",
      owner: "deploy",
      mode: "0600",
    });
    expect(triggers(json, "nocodb_secrets")).toMatchObject({
      secrets: "/opt/acme/configs/nocodb/secrets",
      owner: "0:0",
      expected: `DATABASE_PASSWORD generated database password
NC_AUTH_JWT_SECRET generated secret that signs sessions
NC_ADMIN_PASSWORD generated password of the super admin
NC_CONNECTION_ENCRYPT_KEY pinned key of data sources
NC_SMTP_PASSWORD given NC_SMTP_PASSWORD`,
    });
    expect(requirements(json)).toContain(
      "secrets nocodb_secrets /opt/acme/configs/nocodb/secrets NC_CONNECTION_ENCRYPT_KEY NC_SMTP_PASSWORD npx nocodb-host secret set staging",
    );
  });

  test("its database has its own role, whose password is among the secrets", () => {
    expect(triggers(nocodb(), "nocodb_database")).toMatchObject({
      container: "acme_postgresql",
      role: "nocodb",
      database: "nocodb",
      secrets: "/opt/acme/configs/nocodb/secrets",
      password_name: "DATABASE_PASSWORD",
      owned_tables: "^(nc|xc)_",
    });
  });

  test("secrets are sent once: one step gets them, the others read them on the host", () => {
    const json = nocodb();
    const withSecrets = Object.keys(json.resource.null_resource!).filter((name) => {
      if (!("provisioner" in block(json, `null_resource.${name}`))) return false;
      return /ephemeral\./.test(JSON.stringify(localExec(json, name).environment));
    });
    expect(withSecrets).toEqual(["nocodb_secrets"]);
  });
});

describe("the container of NocoDB", () => {
  const container = block(nocodb(), "docker_container.nocodb_container");

  test("keeps only the capabilities that it needs", () => {
    expect(container.capabilities).toEqual({
      add: ["CAP_CHOWN", "CAP_SETGID", "CAP_SETUID", "CAP_DAC_OVERRIDE", "CAP_FOWNER"],
      drop: ["ALL"],
    });
  });

  test("is checked inside, by address, because its name may not resolve there", () => {
    expect(container.healthcheck).toEqual({
      test: ["CMD-SHELL", "wget -qO- http://127.0.0.1:8080/api/v1/health || exit 1"],
      interval: "30s",
      timeout: "10s",
      retries: 5,
      start_period: "1m0s",
    });
  });

  test("is checked through its own network, on the path that Caddy uses too", () => {
    const json = nocodb({ alias: "tables" });
    expect(triggers(json, "nocodb_container_healthy")).toMatchObject({
      url: "http://tables:8080/api/v1/health",
      database_url: "http://tables:8080/api/v1/db/meta/nocodb/info",
    });
    expect(triggers(json, "nocodb_smoke_test").url).toBe("http://tables:8080/api/v1/health");
    expect(triggers(json, "nocodb_site").text).toContain("reverse_proxy tables:8080 {");
    expect(triggers(json, "nocodb_site").text).toContain("health_uri /api/v1/health\n");
  });

  test("is down for less time than its site holds requests", () => {
    const hold = Number(/lb_try_duration (\d+)s/.exec(triggers(nocodb(), "nocodb_site").text!)![1]);
    // The start takes about 10 s on half a core.
    expect(hold).toBeGreaterThanOrEqual((container.destroy_grace_seconds as number) + 10);
  });

  test("is stopped by a signal that the shell of the official image survives", () => {
    expect(container.stop_signal).toBe("SIGINT");
  });
});

test("the smoke test knows the same site, database and container as the rest", () => {
  const json = nocodb();
  expect(programOf(localExec(json, "nocodb_smoke_test").command)).toBe("web-service/smoke-test");
  expect(triggers(json, "nocodb_smoke_test")).toMatchObject({
    name: "acme_nocodb",
    service: "nocodb",
    image: "nocodb/nocodb:2026.09.0",
    caddy: "acme_caddy",
    health_path: "/api/v1/health",
    database_container: "acme_postgresql",
    superuser: "postgres",
    secrets: "/opt/acme/configs/nocodb/secrets",
    requirements: requirements(json).join("\n"),
  });
});

test("a site that moves to another place in Caddy is removed from the old one first", () => {
  expect(block(nocodb(), "null_resource.nocodb_site").depends_on).toContain("null_resource.nocodb_site_removal");
  expect(block(nocodb(), "null_resource.nocodb_site_removal").depends_on).toEqual([
    "docker_container.nocodb_container",
  ]);
});

test("the smoke test comes after service and site, and again after each change of them", () => {
  expect(triggers(nocodb(), "nocodb_smoke_test")).toMatchObject({
    healthy: "${null_resource.nocodb_container_healthy.id}",
    site_id: "${null_resource.nocodb_site.id}",
    site: "noco.example.com",
    database: "nocodb",
  });
});

test("another NocoDB on the host, outside this app, is refused in the plan", () => {
  expect(requirements(nocodb())).toContain("no_other_nocodb acme_nocodb staging acme_backend");
  expect(requirements(nocodb())).toContain("no_worker acme_postgresql nocodb acme_backend");
});

describe("a disabled NocoDB", () => {
  const json = synthesize((stack) => new Nocodb(stack, "nocodb", placeIn(stack, hostIn(stack))).disable());

  test("keeps its secrets", () => {
    expect(localExec(json, "nocodb_retention").environment.INPUT_on_destroy_database).toBe("keep");
  });

  test("has no container, and no steps but the removals of what it may have had", () => {
    expect(Object.keys(json.resource).sort()).toEqual(["null_resource"]);
    const steps = Object.entries(json.resource.null_resource!).filter(([name]) => name.startsWith("nocodb_"));
    const active = steps.filter(([, each]) => "provisioner" in each);
    expect(active.map(([name]) => name).sort()).toEqual([
      "nocodb_alerts_removal",
      "nocodb_backup_schedule_removal",
      "nocodb_consumers_removal",
      "nocodb_last_backup",
      "nocodb_restore_test_schedule_removal",
      "nocodb_retention",
      "nocodb_site_removal",
    ]);
    for (const [, { for_each }] of active) expect(for_each).toEqual({});
  });
});

describe("Redis and a bucket", () => {
  const s3 = { bucket: "acme", region: "eu-central-1", forcePathStyle: false };
  const redis = { host: "redis", port: 6379, tls: true, database: 0, password: "none" } as const;

  test("are asked in the plan, from the service's networks", () => {
    const asked = (over: Partial<NocodbProps>) =>
      requirements(nocodb(over)).filter((each) => /^(redis|bucket|no_local)/.test(each));
    expect(asked({})).toEqual([]);
    expect(asked({ redis })).toEqual([expect.stringMatching(/^redis \S+ \S+ redis 6379 tls 0 none \S+/)]);
    expect(asked({ s3: { ...s3, leavesLocal: true } })).toEqual([
      expect.stringMatching(
        /^bucket \S+ \S+ https:\/\/acme\.s3\.eu-central-1\.amazonaws\.com acme eu-central-1 host \S+/,
      ),
    ]);
    expect(asked({ s3: { ...s3, leavesLocal: false } })[1]).toMatch(/^no_local_attachments \S+ \S+ acme$/);
  });
});
