import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import { CONSUMERS } from "../../../lab/instance.js";
import type { Inspected } from "../host.js";
import { ProcessWatch } from "../processes.js";
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
  signInAsTold,
  site,
} from "../lifecycle.js";
import { visit, visitFromOutside } from "../visitor.js";

const MIB = 1024 * 1024;
const SECOND = 1e9;

describe("3: the first deploy", () => {
  let ended: Ended;
  let container: Inspected;
  let authentications: number;
  let seen: [here: string, onHost: string];

  beforeAll(async () => {
    // What PostgreSQL is told, it writes into its log from here on: chapter 16 searches it.
    await host.sql("ALTER SYSTEM SET log_statement = 'all'");
    // What NocoDB keeps, its tokens among it, it tells by parameters, and they would be there, whoever made them.
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

  it("signs in over SSH at most three times, with no connection open before", () => {
    expect(authentications).toBeGreaterThan(0);
    expect(authentications).toBeLessThanOrEqual(3);
  });

  it("proves what it made: container, health inside, site at Caddy, database listed", () => {
    expect(ended.line).toContain(`container ${instance.containers.nocodb}: running`);
    expect(ended.line).toContain("health http://nocodb:8080/api/v1/health: 200");
    expect(ended.line).toContain(`site https://${site}: answers 403`);
    expect(ended.line).toContain("database nocodb: listed, owner nocodb");
  });

  it.each(CONSUMERS)(
    "ends with a token that works in the container of %s: no manual step (S16, S17, S18)",
    async (consumer) => {
      expect(ended.line).toContain(`${consumer}: token works`);
      expect(await consumers.answer(consumer)).toBe("200");
    },
  );

  it("gives each consumer its own token, and the address it can reach", async () => {
    const [openclaw, n8n] = await Promise.all(CONSUMERS.map((consumer) => consumers.variables(consumer)));
    const token = expect.stringMatching(/^[A-Za-z0-9_-]{20,}$/);
    const internal = "http://nocodb:8080";
    expect(openclaw).toEqual({ NOCODB_BASE_URL: internal, NOCODB_API_TOKEN: token });
    expect(n8n).toEqual({ NOCODB_BASE_URL: `https://${site}`, NOCODB_INTERNAL_URL: internal, NOCODB_API_TOKEN: token });
    expect(openclaw!.NOCODB_API_TOKEN).not.toBe(n8n!.NOCODB_API_TOKEN);
  });

  it.each(CONSUMERS)(
    "leaves the env file of %s as it was to the byte around its lines, with owner and mode",
    async (consumer) => {
      expect(await consumers.aroundBlock(consumer)).toEqual(consumers.asItWas(consumer));
    },
  );

  it("lets no stranger sign up", async () => {
    const answer = await visit(instance, site, "/api/v1/auth/user/signup", {
      email: "stranger@example.com",
      password: "stranger4711",
    });
    expect(answer.status).toBe(400);
  });

  it("is followed by an empty plan, which signs in to SSH no more while the connection is open", async () => {
    const before = await host.authentications();
    await expectEmptyPlan();
    expect((await host.authentications()) - before).toBe(0);
  });

  it("is followed by an empty plan also from a closed connection, with at most three sign-ins", async () => {
    await deployment.disconnect();
    const before = await host.authentications();
    await expectEmptyPlan();
    expect((await host.authentications()) - before).toBeLessThanOrEqual(3);
  });

  it("tells URL, container and database as outputs, and nothing else", async () => {
    expect(await deployment.outputs()).toMatchObject({
      url: { value: `https://${site}` },
      container_id: { value: container.Id },
      database: { value: "nocodb" },
    });
  });

  it("serves inside the VPN range", async () => {
    expect(await health()).toBe(200);
  });

  it("refuses who comes from outside the VPN range", async () => {
    const answer = await visitFromOutside(instance, site, "/api/v1/health");
    expect(answer).toMatchObject({ status: 403, body: "Reachable through the VPN only" });
  });

  it("lets the super admin in with the password that npm run sign-in prints", async () => {
    expect(await signInAsTold()).toBe(200);
  });

  it("sends the site's security headers, and no Server header (S15)", async () => {
    const { headers } = await visit(instance, site, "/api/v1/health");
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
    });
    expect(headers).not.toHaveProperty("server");
  });

  it("limits the container: memory without swap, reservation, cpus (S2)", () => {
    expect(container.HostConfig).toMatchObject({
      Memory: 256 * MIB,
      MemorySwap: 256 * MIB,
      MemoryReservation: 128 * MIB,
      NanoCpus: 0.5 * SECOND,
    });
  });

  it("gives NocoDB its environment, and the file on the host the same (S9)", async () => {
    const { DATABASE_PASSWORD: password, ...variables } = await host.variables();
    expect(variables).toMatchObject({
      NC_DB: `pg://postgresql:5432?u=nocodb&p=${password}&d=nocodb`,
      NC_PUBLIC_URL: `https://${site}`,
      NC_AUTH_JWT_SECRET: expect.stringMatching(/^.{40}$/),
      NC_TOOL_DIR: "/data",
      NC_DISABLE_TELE: "true",
    });
    expect(container.Config.Env).toEqual(expect.arrayContaining(linesOf(variables)));
    expect(variables).not.toHaveProperty("NC_CONNECTION_ENCRYPT_KEY");
  });

  it("restarts the container unless stopped, and bounds its log (S10)", () => {
    expect(container.HostConfig.RestartPolicy.Name).toBe("unless-stopped");
    expect(container.HostConfig.LogConfig.Config).toEqual({ "max-size": "10m", "max-file": "3" });
  });

  it("takes every privilege but five capabilities from it (S11)", () => {
    expect(container.HostConfig.SecurityOpt).toEqual(["no-new-privileges:true"]);
    expect(container.HostConfig.CapDrop).toEqual(["ALL"]);
    const kept = container.HostConfig.CapAdd.map((name) => name.replace("CAP_", "")).sort();
    expect(kept).toEqual(["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]);
  });

  it("attaches it to both networks as nocodb (S12)", () => {
    const { Networks } = container.NetworkSettings;
    expect(Object.keys(Networks).sort()).toEqual([instance.backend.name, instance.frontend.name]);
    for (const network of Object.values(Networks)) expect(network.Aliases).toContain("nocodb");
  });

  it("has Docker check its health (S13)", () => {
    expect(container.Config.Healthcheck).toEqual({
      Test: ["CMD-SHELL", "wget -qO- http://127.0.0.1:8080/api/v1/health || exit 1"],
      Interval: 30 * SECOND,
      Timeout: 10 * SECOND,
      Retries: 5,
      StartPeriod: 60 * SECOND,
    });
  });

  it("makes the directories and the env file with their owners and modes (S6, S7, S8)", async () => {
    expect(await host.rights(host.configDirectory)).toBe("deploy:deploy 755");
    expect(await host.rights(host.dataDirectory)).toBe("1000:1000 755");
    expect(await host.rights(host.envFile)).toBe("deploy:deploy 600");
    const { Source, Destination } = container.Mounts.find((mount) => mount.Destination === "/data")!;
    expect(`${Source} at ${Destination}`).toBe(`${host.dataDirectory} at /data`);
  });

  it("shows another user no secret in the processes here and on the host", () => {
    const [here, onHost] = seen;
    expect(here).toContain("on-host.sh");
    expect(onHost).toContain("dial-stdio");
    expect(secrets.count).toBeGreaterThanOrEqual(5);
    expect(secrets.foundIn(here)).toEqual([]);
    expect(secrets.foundIn(onHost)).toEqual([]);
  });

  it("leaves the other site and the rest of the Caddyfile alone", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});

function linesOf(variables: Record<string, string>): string[] {
  return Object.entries(variables)
    .filter(([name]) => name !== "")
    .map(([name, value]) => `${name}=${value}`);
}
