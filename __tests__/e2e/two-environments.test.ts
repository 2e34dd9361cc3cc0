/** Two environments on one host: they share Caddy, PostgreSQL and the networks, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Deployment } from "../../lab/deployment.js";
import { expectEmptyPlan, host, instance, neighbours, deployment as prod, siteNamed } from "./lifecycle.js";
import { visit } from "./visitor.js";

const preprod = new Deployment(instance, `${instance.name}pre`);
const base = `${instance.baseDirectory}/${preprod.name}`;

/** Everything of prod's that preprod could harm. */
async function ofProd(): Promise<Record<string, string>> {
  const digest = 'find "$@" -type f -exec sha256sum {} + | sort';
  return {
    container: await host.running("nocodb"),
    files: await host.sh(digest, host.configDirectory, host.dataDirectory),
    role: await host.sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'nocodb'"),
    users: await host.sql("SELECT string_agg(email, ' ' ORDER BY email) FROM nc_users_v2", "nocodb"),
  };
}

/** The status of a sign-in at a site with what `sign-in` prints: each NocoDB accepts only its own password. */
async function signsIn(from: Deployment, at: string): Promise<number> {
  const printed = (await from.nocodbHost("sign-in")).stdout;
  const [email, password] = ["email", "password"].map((what) => new RegExp(`^${what} +(.*)$`, "m").exec(printed)![1]!);
  return (await visit(instance, siteNamed(at), "/api/v1/auth/user/signin", { email: email!, password: password! }))
    .status;
}

let before: Record<string, string>;
const expectProdUntouched = async () => expect(await ofProd()).toEqual(before);

beforeAll(async () => {
  await prod.begin();
  await prod.set({ consumers: undefined, cpus: 1 });
  await preprod.begin();
  await preprod.set({
    ...{ project: preprod.name, baseDirectory: base, consumers: undefined, cpus: 1 },
    networks: { backend: instance.backend.name, frontend: instance.frontend.name },
    "postgresql.container": instance.containers.postgresql,
    "caddy.container": instance.containers.caddy,
    "caddy.caddyfile": instance.caddyfile,
    "backups.directory": `${base}/backups/nocodb`,
  });
  await neighbours.begin();
  const ended = await prod.apply();
  expect(ended.code, ended.said).toBe(0);
  before = await ofProd();
});

afterAll(async () => {
  await preprod.destroy();
  await prod.destroy();
  await Promise.all([preprod.disconnect(), prod.disconnect()]);
});

describe("a second environment", () => {
  /** The plan refuses it for this reason, with nothing changed. */
  async function expectRefused(...words: string[]): Promise<void> {
    await preprod.synth();
    const { code, line } = await preprod.plan();
    expect(code, line).toBe(1);
    for (const each of words) expect(line).toContain(each);
    await expectProdUntouched();
  }

  it("is refused with the database, role and name of the first, each with its setting", async () => {
    await expectRefused("set postgresql.database", "set postgresql.role", "set alias");
  });

  it("is refused with the site of the first", async () => {
    const own = { "postgresql.database": "nocodb_pre", "postgresql.role": "nocodb_pre", alias: "nocodb-pre" };
    await preprod.set(own);
    await expectRefused(`keeps the site ${siteNamed("noco")} in Caddy, for its nocodb:8080: set subdomain`);
  });

  it("is deployed with its own, and leaves the first as it was", async () => {
    await preprod.set({ subdomain: "pre" });
    const ended = await neighbours.duringAll("a second environment", preprod.apply());
    expect(ended.code, ended.said).toBe(0);
    await expectProdUntouched();
  });

  it("answers at its own site, and the first at its own", async () => {
    expect(await signsIn(prod, "noco")).toBe(200);
    expect(await signsIn(preprod, "pre")).toBe(200);
    expect(await signsIn(prod, "pre")).not.toBe(200);
  });

  it("leaves both plans and both drift checks empty", async () => {
    await expectEmptyPlan();
    expect(await preprod.plan()).toMatchObject({ code: 0, changes: [] });
    for (const each of [prod, preprod]) expect(await each.nocodbHost("drift")).toMatchObject({ code: 0 });
  });

  it("is destroyed alone", async () => {
    expect(await neighbours.duringAll("destroy", preprod.destroy())).toMatchObject({ code: 0 });
    await expectProdUntouched();
    await expectEmptyPlan();
    expect(neighbours.troubles.filter((trouble) => trouble.includes(" answered "))).toEqual([]);
  });
});
