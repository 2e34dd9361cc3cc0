import { expect, test } from "vitest";
import { HostFile } from "../../../../constructs/host-file/host-file.js";
import { PostgresDatabase } from "../../../../constructs/postgres-database/postgres-database.js";
import { block, hostIn, localExec, requirements, scriptsOf, secretIn, synthesize, triggers } from "../../support/scope.js";

const json = synthesize((stack) => {
  const host = hostIn(stack);
  const password = secretIn(stack, "password");
  const passwordFile = new HostFile(stack, "env", {
    host,
    path: "/opt/acme/a.env",
    owner: "deploy",
    content: password,
  });
  new PostgresDatabase(stack, "database", {
    host,
    container: "acme_postgresql",
    superuser: "postgres",
    role: "nocodb",
    database: "nocodb_data",
    password,
    passwordFile,
    passwordVariable: "DATABASE_PASSWORD",
  });
});

test("a role and its database are made again when one of their names changes", () => {
  expect(triggers(json, "database")).toMatchObject({
    container: "acme_postgresql",
    superuser: "postgres",
    role: "nocodb",
    database: "nocodb_data",
    password_file: "/opt/acme/a.env",
    password_variable: "DATABASE_PASSWORD",
  });
});

test("a new password is set, and the plan shows no more than that it is new", () => {
  expect(triggers(json, "database")["secret password"]).toBe(
    '${sha256("${random_password.salt.result}${var.password}")}',
  );
});

test("the password is read on the host, so that PostgreSQL's own words stay readable", () => {
  const { environment, command } = localExec(json, "database");
  expect(JSON.stringify(environment)).not.toContain("var.password");
  expect(scriptsOf(command)).toEqual(["common.sh", "ensure-database.sh"]);
  expect(block(json, "null_resource.database").depends_on).toContain("null_resource.env");
});

test("whether PostgreSQL lets the superuser in is looked at before anything is changed", () => {
  expect(requirements(json)).toContain("postgresql acme_postgresql postgres");
});

test("a password changed behind the app's back stands in the plan", () => {
  expect(triggers(json, "database").observed).toContain('"database"');
});

test("destroy drops nothing", () => {
  expect(localExec(json, "database").when).toBeUndefined();
});
