import { expect, test } from "vitest";
import {
  PostgresDatabase,
  type PostgresDatabaseProps,
} from "../../../../constructs/postgres-database/postgres-database.js";
import { ServiceSecrets } from "../../../../constructs/service-secrets/service-secrets.js";
import { hostIn, localExec, programOf, requirements, statusOf, synthesize, triggers } from "../../support/scope.js";
import { formsSecrets } from "../../support/service.js";

const database = (over: Partial<PostgresDatabaseProps> = {}) =>
  synthesize((stack) => {
    const host = hostIn(stack);
    const secrets = new ServiceSecrets(stack, "secrets", { host, ...formsSecrets });
    new PostgresDatabase(stack, "database", {
      host,
      container: "acme_postgresql",
      superuser: "postgres",
      role: "nocodb",
      database: "nocodb_data",
      secrets,
      passwordName: "TOKEN",
      ...over,
    });
  });
const json = database();

test("the step runs again when one of its settings changes", () => {
  expect(triggers(json, "database")).toMatchObject({
    container: "acme_postgresql",
    superuser: "postgres",
    role: "nocodb",
    database: "nocodb_data",
    secrets: "/opt/acme/secrets",
    password_name: "TOKEN",
    owned_tables: "",
  });
});

test("the role may have to own only some of the tables", () => {
  expect(triggers(database({ ownedTables: "^nc_" }), "database").owned_tables).toBe("^nc_");
});

test("a new password is set whenever the secrets were written", () => {
  expect(triggers(json, "database").secrets_id).toBe("${null_resource.secrets.id}");
});

test("the password is read on the host, so PostgreSQL's messages stay readable", () => {
  const { environment, command } = localExec(json, "database");
  expect(JSON.stringify(environment)).not.toContain("ephemeral");
  expect(programOf(command)).toBe("postgres-database/apply");
});

test("the container that uses the role is restarted with it", () => {
  const client = { container: "acme_forms", gracePeriod: 30, caddy: "acme_caddy", upstream: "forms:3000" };
  expect(localExec(database({ client }), "database").environment).toMatchObject({
    INPUT_client: "acme_forms",
    INPUT_grace_period: "30",
    INPUT_caddy: "acme_caddy",
    INPUT_upstream: "forms:3000",
  });
  expect(localExec(json, "database").environment).not.toHaveProperty("INPUT_client");
});

test("the superuser's access to PostgreSQL is checked before anything is changed", () => {
  expect(requirements(json)).toContain("postgresql acme_postgresql postgres");
});

test("the password of a server elsewhere is checked, with the command that sets it", () => {
  const container = "postgresql://db.example.com:5432?image=postgres:17&network=bridge&tls=require&secrets=/opt/acme/x";
  const elsewhere = database({ container, superuser: "admin", setSecretCommand: "npx nocodb-host secret set prod" });
  expect(requirements(elsewhere)).toContain(`postgresql ${container} admin npx nocodb-host secret set prod`);
});

test("drift of the database or its role is in the plan", () => {
  expect(triggers(json, "database").status).toBe(statusOf("database"));
});

test("destroy drops nothing", () => {
  expect(localExec(json, "database").when).toBeUndefined();
});
