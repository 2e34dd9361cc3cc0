import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import { IMAGES } from "../../../lab/images.js";
import { CONSUMERS } from "../../../lab/instance.js";
import type { Inspected } from "../host.js";
import {
  consumers,
  deploy,
  deployment,
  expectEmptyPlan,
  health,
  host,
  instance,
  neighbours,
  secrets,
  signInAsPrinted,
  site,
} from "../lifecycle.js";
import { ProcessWatch } from "../processes.js";
import { visit, visitFromOutside } from "../visitor.js";

const MIB = 1024 * 1024;
const SECOND = 1e9;
const siteUrl = `https://${site}:${instance.ports.https}`;

describe("the first deploy", () => {
  let ended: Ended;
  let container: Inspected;
  let authentications: number;
  let seen: [here: string, onHost: string];

  beforeAll(async () => {
    // From here on PostgreSQL logs every statement; secrecy.ts searches the log.
    await host.sql("ALTER SYSTEM SET log_statement = 'all'");
    // NocoDB sends its data, including tokens, as parameters of statements; they are not the app's to hide.
    await host.sql("ALTER SYSTEM SET log_parameter_max_length = 0");
    await host.sql("SELECT pg_reload_conf()");
    const before = await host.authentications();
    const watch = new ProcessWatch(instance);
    ended = await deploy().finally(async () => {
      seen = await watch.end();
    });
    authentications = (await host.authentications()) - before;
    container = (await host.container())!;
  });

  afterAll(() => deployment.disconnect());

  it("signs in over SSH at most three times if no connection is open before", () => {
    expect(authentications).toBeGreaterThan(0);
    expect(authentications).toBeLessThanOrEqual(3);
  });

  it("ends with a smoke test: container, health inside, site at Caddy, database listed", () => {
    expect(ended.line).toContain(`container ${instance.containers.nocodb}: running`);
    expect(ended.line).toContain("health http://nocodb:8080/api/v1/health: 200");
    expect(ended.line).toContain(`site https://${site}: answers 403`);
    expect(ended.line).toContain("database nocodb: listed, owner nocodb");
  });

  it.each(CONSUMERS)("ends with a token that works in the container of %s, without a manual step", async (consumer) => {
    expect(ended.line).toContain(`${consumer}: token works`);
    expect(await consumers.answer(consumer)).toBe("200");
  });

  it("gives each consumer its own token, and an address that it can reach", async () => {
    const [openclaw, n8n] = await Promise.all(CONSUMERS.map((consumer) => consumers.variables(consumer)));
    const token = expect.stringMatching(/^[A-Za-z0-9_-]{20,}$/);
    const internal = "http://nocodb:8080";
    expect(openclaw).toEqual({ NOCODB_BASE_URL: internal, NOCODB_API_TOKEN: token });
    expect(n8n).toEqual({ NOCODB_BASE_URL: siteUrl, NOCODB_INTERNAL_URL: internal, NOCODB_API_TOKEN: token });
    expect(openclaw!.NOCODB_API_TOKEN).not.toBe(n8n!.NOCODB_API_TOKEN);
  });

  it.each(CONSUMERS)(
    "keeps every byte of the env file of %s outside its block, with owner and mode",
    async (consumer) => {
      expect(await consumers.aroundBlock(consumer)).toEqual(consumers.before(consumer));
    },
  );

  it("does not let a stranger sign up", async () => {
    const answer = await visit(instance, site, "/api/v1/auth/user/signup", {
      email: "stranger@example.com",
      password: "stranger4711",
    });
    expect(answer.status).toBe(400);
  });

  it("is followed by an empty plan, which does not sign in over SSH while the connection is open", async () => {
    const before = await host.authentications();
    await expectEmptyPlan();
    expect((await host.authentications()) - before).toBe(0);
  });

  it("is followed by an empty plan, with at most three sign-ins after the connection was closed", async () => {
    await deployment.disconnect();
    const before = await host.authentications();
    await expectEmptyPlan();
    expect((await host.authentications()) - before).toBeLessThanOrEqual(3);
  });

  it("is followed by a status in which only the first backup is missing, and by a history with that deploy", async () => {
    const { rows } = JSON.parse((await deployment.nocodbHost("status", "--json")).stdout);
    const others = rows.filter(({ result }: { result: string }) => result !== "ok");
    expect(others).toMatchObject([{ name: "backups", result: "wrong" }]);
    const history = JSON.parse((await deployment.nocodbHost("history", "--json")).stdout);
    expect(history.at(-1)).toMatchObject({ event: "deploy", result: "done", image: IMAGES.nocodb });
    expect(history.at(-1).changed).toContain(`image ${IMAGES.nocodb}`);
  });

  it("has URL, container id and database as outputs", async () => {
    expect(await deployment.outputs()).toMatchObject({
      url: { value: siteUrl },
      container_id: { value: container.Id },
      database: { value: "nocodb" },
    });
  });

  it("serves inside the VPN range", async () => {
    expect(await health()).toBe(200);
  });

  it("refuses requests from outside the VPN range", async () => {
    const answer = await visitFromOutside(instance, site, "/api/v1/health");
    expect(answer).toMatchObject({ status: 403, body: "Reachable through the VPN only" });
  });

  it("lets the super admin sign in with the password that npx nocodb-host sign-in prints", async () => {
    expect(await signInAsPrinted()).toBe(200);
  });

  it("sends the site's security headers, and no Server header", async () => {
    const { headers } = await visit(instance, site, "/api/v1/health");
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
    });
    expect(headers).not.toHaveProperty("server");
  });

  it("limits the container: memory without swap, reservation, cpus", () => {
    expect(container.HostConfig).toMatchObject({
      Memory: 256 * MIB,
      MemorySwap: 256 * MIB,
      MemoryReservation: 128 * MIB,
      NanoCpus: 0.5 * SECOND,
    });
  });

  it("gives NocoDB its variables, and the env file on the host has the same", async () => {
    const variables = await host.variables();
    expect(variables).toMatchObject({
      NC_DB: "pg://postgresql:5432?u=nocodb&p=${secret:DATABASE_PASSWORD}&d=nocodb",
      NC_PUBLIC_URL: siteUrl,
      NODE_OPTIONS: "--max-old-space-size=192 --require=/run/nocodb/secrets.cjs",
      NC_TOOL_DIR: "/data",
      NC_DISABLE_TELE: "true",
    });
    expect(container.Config.Env).toEqual(expect.arrayContaining(linesOf(variables)));
  });

  it("generates the secrets on the host, which Docker does not know", async () => {
    const generated = expect.stringMatching(/^[A-Za-z0-9]{40}$/);
    const values = await host.secrets();
    expect(values).toEqual({
      DATABASE_PASSWORD: generated,
      NC_AUTH_JWT_SECRET: generated,
      NC_ADMIN_PASSWORD: generated,
      NC_CONNECTION_ENCRYPT_KEY: generated,
    });
    expect(new Set(Object.values(values)).size).toBe(4);
    expect(secrets.foundIn(JSON.stringify(container))).toEqual([]);
  });

  it("mounts them read-only, readable only by root", async () => {
    expect(await host.rights(host.secretsDirectory)).toBe("root:root 700");
    expect(await host.sh('ls -A "$1"', host.secretsDirectory)).toBe("secrets.cjs\nvalues");
    expect(await host.rights(`${host.secretsDirectory}/values`)).toBe("root:root 600");
    const mount = container.Mounts.find(({ Source }) => Source === host.secretsDirectory);
    expect(mount).toMatchObject({ Destination: "/run/nocodb", RW: false });
  });

  it("restarts the container unless stopped, and limits its log", () => {
    expect(container.HostConfig.RestartPolicy.Name).toBe("unless-stopped");
    expect(container.HostConfig.LogConfig.Config).toEqual({ "max-size": "10m", "max-file": "3" });
  });

  it("drops every privilege except five capabilities", () => {
    expect(container.HostConfig.SecurityOpt).toEqual(["no-new-privileges:true"]);
    expect(container.HostConfig.CapDrop).toEqual(["ALL"]);
    const kept = container.HostConfig.CapAdd.map((name) => name.replace("CAP_", "")).sort();
    expect(kept).toEqual(["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]);
  });

  it("attaches it to both networks as nocodb", () => {
    const { Networks } = container.NetworkSettings;
    expect(Object.keys(Networks).sort()).toEqual([instance.backend.name, instance.frontend.name]);
    for (const network of Object.values(Networks)) expect(network.Aliases).toContain("nocodb");
  });

  it("has Docker check its health", () => {
    expect(container.Config.Healthcheck).toEqual({
      Test: ["CMD-SHELL", "wget -qO- http://127.0.0.1:8080/api/v1/health || exit 1"],
      Interval: 30 * SECOND,
      Timeout: 10 * SECOND,
      Retries: 5,
      StartPeriod: 60 * SECOND,
    });
  });

  it("creates the directories and the env file with their owners and modes", async () => {
    expect(await host.rights(host.configDirectory)).toBe("deploy:deploy 755");
    expect(await host.rights(host.dataDirectory)).toBe("1000:1000 755");
    expect(await host.rights(host.envFile)).toBe("deploy:deploy 600");
    const { Source, Destination } = container.Mounts.find((mount) => mount.Destination === "/data")!;
    expect(`${Source} at ${Destination}`).toBe(`${host.dataDirectory} at /data`);
  });

  it("shows no secret in the processes here and on the host to another user", () => {
    const [here, onHost] = seen;
    expect(here).toContain("run-remote.sh");
    expect(onHost).toContain("dial-stdio");
    expect(secrets.count).toBeGreaterThanOrEqual(6);
    expect(secrets.foundIn(here)).toEqual([]);
    expect(secrets.foundIn(onHost)).toEqual([]);
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});

function linesOf(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}
