import { rm } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { must } from "../../../lab/command.js";
import { CONSUMERS } from "../../../lab/instance.js";
import type { Inspected } from "../host.js";
import { ProcessWatch } from "../processes.js";
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
  signInAsTold,
} from "../lifecycle.js";
import { production } from "../work.js";

/** Each holds what some shell, URL, SQL, HCL or env file would take for its own. */
const HOSTILE = {
  nocodb_database_password: "dbGiven4711 '\"$HOME`id`\\ #&%41+;|<>{}~!ü€ dbGivenEnd99",
  nocodb_jwt_secret: "jwtGiven4711 ${x} %{y} '\"\\n=`$(id)` # ; jwtGivenEnd99",
  nocodb_admin_password: "adminGiven4711 '\"$1`w`\\\\#&%2B+;=Æ漢🔑 adminGivenEnd99",
  nocodb_connection_encrypt_key: "keyGiven4711'\"$`\\#&%+; keyGivenEnd99",
};

describe("12: secrets of one's own, and a state that was lost", () => {
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

  it("replaces the container that the lost state knew", () => {
    expect(container.Id).not.toBe(before.Id);
    expect(container.State.Status).toBe("running");
  });

  it("is followed by an empty plan", async () => {
    await expectEmptyPlan();
  });

  it("takes every printable character as it is, in the env file and in the container", async () => {
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

  it("lets the same super admin in with the given password", async () => {
    expect(await host.variables()).toHaveProperty("NC_ADMIN_PASSWORD", HOSTILE.nocodb_admin_password);
    expect(await signInAsTold()).toBe(200);
  });

  it.each(CONSUMERS)("leaves %s a token that works, and its bases", async (consumer) => {
    expect(await consumers.answer(consumer)).toBe("200");
    expect(await production.titles(await asConsumer(consumer))).toHaveLength(2);
  });

  it("refuses another connection encryption key before anything stops", async () => {
    deployment.given = { ...HOSTILE, nocodb_connection_encrypt_key: "anotherKey4711 anotherKeyEnd99" };
    const plan = await deployment.plan();
    deployment.given = HOSTILE;
    expect(plan.code).toBe(1);
    expect(plan.line).toContain("variable nocodb_connection_encrypt_key: not the value NocoDB has run with");
    expect(await host.container()).toMatchObject({ Id: container.Id, State: { StartedAt: container.State.StartedAt } });
  });

  it("leaves the other site and the rest of the Caddyfile alone", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
