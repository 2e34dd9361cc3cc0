import { expect, test } from "vitest";
import { HostFile } from "../../../../constructs/host-file/host-file.js";
import {
  PostgresDatabase,
  type PostgresDatabaseProps,
} from "../../../../constructs/postgres-database/postgres-database.js";
import {
  block,
  hostIn,
  localExec,
  programOf,
  requirements,
  secretIn,
  statusOf,
  synthesize,
  triggers,
} from "../../support/scope.js";

const database = (over: Partial<PostgresDatabaseProps> = {}) =>
  synthesize((stack) => {
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
    password_file: "/opt/acme/a.env",
    password_variable: "DATABASE_PASSWORD",
    owned_tables: "",
  });
});

test("the role may have to own only some of the tables", () => {
  expect(triggers(database({ ownedTables: "^nc_" }), "database").owned_tables).toBe("^nc_");
});

test("a new password is set, and the plan shows only that it is new", () => {
  expect(triggers(json, "database")["secret password"]).toBe(
    '${sha256("${random_password.salt.result}${var.password}")}',
  );
});

test("the password is read on the host, so PostgreSQL's messages stay readable", () => {
  const { environment, command } = localExec(json, "database");
  expect(JSON.stringify(environment)).not.toContain("var.password");
  expect(programOf(command)).toBe("postgres-database/apply");
  expect(block(json, "null_resource.database").depends_on).toContain("null_resource.env");
});

test("the superuser's access to PostgreSQL is checked before anything is changed", () => {
  expect(requirements(json)).toContain("postgresql acme_postgresql postgres");
});

test("drift of the database or its role is in the plan", () => {
  expect(triggers(json, "database").status).toBe(statusOf("database"));
});

test("destroy drops nothing", () => {
  expect(localExec(json, "database").when).toBeUndefined();
});
