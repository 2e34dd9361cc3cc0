import { rm } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { must } from "../../../lab/command.js";
import { CONSUMERS } from "../../../lab/instance.js";
import type { Inspected } from "../host.js";
import {
  anotherImage,
  asConsumer,
  consumers,
  deploy,
  deployment,
  expectEmptyPlan,
  host,
  image,
  instance,
  neighbours,
  secrets,
  signInAsPrinted,
} from "../lifecycle.js";
import { ProcessWatch } from "../processes.js";
import { production } from "../work.js";

/** Each contains characters that are special in a shell, a URL, SQL, HCL or an env file. */
const HOSTILE = {
  nocodb_database_password: "dbGiven4711 '\"$HOME`id`\\ #&%41+;|<>{}~!ü€ dbGivenEnd99",
  nocodb_jwt_secret: "jwtGiven4711 ${x} %{y} '\"\\n=`$(id)` # ; jwtGivenEnd99",
  nocodb_admin_password: "adminGiven4711 '\"$1`w`\\\\#&%2B+;=Æ漢🔑 adminGivenEnd99",
  nocodb_connection_encrypt_key: "keyGiven4711'\"$`\\#&%+; keyGivenEnd99",
};

describe("given secrets, and a lost state", () => {
  let before: Inspected;
  let container: Inspected;
  let seen: [here: string, onHost: string];

  beforeAll(async () => {
    before = (await host.container())!;
    await rm(deployment.stateFile);
    deployment.given = HOSTILE;
    await deployment.set({ image });
    const watch = new ProcessWatch(instance);
    await deploy().finally(async () => {
      seen = await watch.end();
    });
    container = (await host.container())!;
    await must(["docker", "image", "rm", anotherImage]);
  });

  it("replaces the container of the lost state", () => {
    expect(container.Id).not.toBe(before.Id);
    expect(container.State.Status).toBe("running");
  });

  it("is followed by an empty plan", async () => {
    await expectEmptyPlan();
  });

  it("keeps every printable character, in the env file and in the container", async () => {
    const variables = await host.variables();
    expect(variables).toMatchObject({
      DATABASE_PASSWORD: HOSTILE.nocodb_database_password,
      NC_AUTH_JWT_SECRET: HOSTILE.nocodb_jwt_secret,
      NC_ADMIN_PASSWORD: HOSTILE.nocodb_admin_password,
      NC_CONNECTION_ENCRYPT_KEY: HOSTILE.nocodb_connection_encrypt_key,
    });
    const { NC_AUTH_JWT_SECRET, NC_CONNECTION_ENCRYPT_KEY } = variables;
    expect(container.Config.Env).toContain(`NC_AUTH_JWT_SECRET=${NC_AUTH_JWT_SECRET}`);
    expect(container.Config.Env).toContain(`NC_CONNECTION_ENCRYPT_KEY=${NC_CONNECTION_ENCRYPT_KEY}`);
  });

  it("shows none of them in the container's labels, in its log, and in the processes here and on the host", async () => {
    expect(secrets.foundIn(JSON.stringify(container.Config.Labels))).toEqual([]);
    expect(secrets.foundIn(await host.log("nocodb"))).toEqual([]);
    expect(secrets.foundIn(seen[0])).toEqual([]);
    expect(secrets.foundIn(seen[1])).toEqual([]);
  });

  it("lets the same super admin sign in with the given password", async () => {
    expect(await host.variables()).toHaveProperty("NC_ADMIN_PASSWORD", HOSTILE.nocodb_admin_password);
    expect(await signInAsPrinted()).toBe(200);
  });

  it.each(CONSUMERS)("keeps the bases of %s and gives it a token that works", async (consumer) => {
    expect(await consumers.answer(consumer)).toBe("200");
    expect(await production.titles(await asConsumer(consumer))).toHaveLength(2);
  });

  it("refuses another connection encryption key before anything is stopped", async () => {
    deployment.given = { ...HOSTILE, nocodb_connection_encrypt_key: "anotherKey4711 anotherKeyEnd99" };
    const plan = await deployment.plan();
    deployment.given = HOSTILE;
    expect(plan.code).toBe(1);
    expect(plan.line).toContain("variable nocodb_connection_encrypt_key: not the value that NocoDB has run with");
    expect(await host.container()).toMatchObject({ Id: container.Id, State: { StartedAt: container.State.StartedAt } });
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
