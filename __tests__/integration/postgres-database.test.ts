import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run as command, must } from "../../lab/command.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { ownPostgresql, sql } from "./containers.js";
import { asRoot, HOSTILE, instance, type Outcome, record, run, scratch } from "./host.js";

const directory = scratch("database");
const container = ownPostgresql();
const input = {
  ...{ records: `${directory}/records`, key: "a_database", status: "new", container, superuser: "postgres" },
  ...{ role: "it_role", database: "it_database", secrets: `${directory}/secrets`, password_name: "PASSWORD" },
  owned_tables: "",
};

const apply = (more: Partial<typeof input> = {}): Promise<Outcome> =>
  run("postgres-database/apply", { ...input, ...more });

/** Puts a password for the role into use, among secrets whose names look like it. */
const givePassword = (password: string): Promise<string> =>
  asRoot(
    'umask 077; mkdir -p "$1"; printf "%s\\n" "MY_PASSWORD=other" "PASSWORD=$2" "PASSWORD_HINT=other" >"$1/values"',
    input.secrets,
    password,
  );
beforeAll(() => givePassword("sesame"));

const WHO = "SELECT current_user || ' in ' || current_database()";

/** Signs in over TCP from another container, and runs a query, by default who and where it is. @throws CommandFailed */
function signIn(password: string, role = input.role, database = input.database, question = WHO): Promise<string> {
  const client = ["psql", "-X", "-A", "-t", "-w", "-h", container, "-U", role, "-d", database];
  const inside = ["docker", "exec", "--env", "PGPASSWORD", instance.containers.postgresql];
  return must([...inside, ...client, "-c", question], { env: { PGPASSWORD: password } });
}

const QUIET = { code: 0, stdout: "", stderr: "" };

/** The databases of the test with their owners, and the role: may it log in, is it a superuser? */
const present = () =>
  sql(
    container,
    `SELECT datname || ' of ' || pg_get_userbyid(datdba) FROM pg_database WHERE datname LIKE 'it%' ORDER BY 1;
     SELECT rolname || ' ' || rolcanlogin || ' ' || rolsuper FROM pg_roles WHERE rolname = 'it_role';`,
  );

beforeEach(() =>
  sql(
    container,
    `DROP DATABASE IF EXISTS it_database WITH (FORCE);
     DROP ROLE IF EXISTS it_role;
     DROP ROLE IF EXISTS it_former;`,
  ),
);

describe("on an empty server", () => {
  test("role and database are created, and the role signs in from another container; twice", async () => {
    for (const _ of ["once", "twice"]) {
      expect(await apply()).toEqual(QUIET);
      expect(await present()).toBe("it_database of it_role\nit_role true false");
      expect(await signIn("sesame")).toBe("it_role in it_database");
    }
  });
});

describe("an existing role and database are corrected, and every row stays:", () => {
  const LOGIN = "CREATE ROLE it_role LOGIN PASSWORD 'an0ther password'";

  test.each([
    ["a role that may not log in, a database of the superuser", "CREATE ROLE it_role NOLOGIN", "postgres"],
    ["a role with another password, a database of another role", `${LOGIN}; CREATE ROLE it_former`, "it_former"],
  ])("%s", async (_, roles, owner) => {
    await sql(
      container,
      `${roles}; CREATE DATABASE it_database OWNER ${owner};
       \\connect it_database
       CREATE TABLE kept AS SELECT generate_series(1, 3) AS it;`,
    );
    for (const _ of ["once", "twice"]) expect(await apply()).toEqual(QUIET);
    expect(await present()).toBe("it_database of it_role\nit_role true false");
    expect(await signIn("sesame")).toBe("it_role in it_database");
    expect(await sql(container, "SELECT string_agg(it::text, ' ' ORDER BY it) FROM kept", "it_database")).toBe("1 2 3");
  });

  test("one from a hardened template: the role can create tables in it", async () => {
    await sql(
      container,
      `${LOGIN}; CREATE DATABASE it_database OWNER it_role; REVOKE CONNECT ON DATABASE it_database FROM PUBLIC, it_role;
       \\connect it_database
       ALTER SCHEMA public OWNER TO postgres;
       REVOKE ALL ON SCHEMA public FROM PUBLIC;`,
    );
    await expect(signIn("an0ther password")).rejects.toThrow("permission denied for database");
    expect(await apply()).toEqual(QUIET);
    expect(await signIn("sesame")).toBe("it_role in it_database");
    await sql(container, "SET ROLE it_role; CREATE TABLE nc_bases ()", "it_database");
  });

  test("settings that change where the role works are reset, others stay, and its sessions are ended", async () => {
    await sql(
      container,
      `${LOGIN}; CREATE DATABASE it_database OWNER it_role; CREATE ROLE it_former;
       ALTER ROLE it_role SET search_path = 'x, y'; ALTER ROLE it_role SET statement_timeout = '9min';
       ALTER ROLE it_role IN DATABASE it_database SET default_transaction_read_only = yes;
       ALTER DATABASE it_database SET search_path = public;`,
    );
    const session = signIn("an0ther password", "it_role", "it_database", "SELECT pg_sleep(30)");
    const ended = expect(session).rejects.toThrow("terminating connection due to administrator command");
    const theirs = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'it_role'";
    await eventually(10, async () => expect(await sql(container, theirs)).toBe("1"));
    expect(await apply()).toEqual(QUIET);
    const settings =
      "SELECT string_agg(array_to_string(setconfig, ' '), '|' ORDER BY setconfig) FROM pg_db_role_setting";
    const mark = `cdktf.environment=${directory}`;
    expect(await sql(container, settings)).toBe(`search_path=public ${mark}|statement_timeout=9min ${mark}`);
    await ended;
  });

  test("other rights of the role, and the database's own settings, stay", async () => {
    await sql(
      container,
      "CREATE ROLE it_role NOLOGIN CREATEDB CONNECTION LIMIT 7; CREATE DATABASE it_database CONNECTION LIMIT 9;",
    );
    await apply();
    const limits = `SELECT rolcreatedb, rolconnlimit, datconnlimit FROM pg_roles, pg_database
      WHERE rolname = 'it_role' AND datname = 'it_database'`;
    expect(await sql(container, limits)).toBe("t|7|9");
  });
});

test("template1 with an old collation version does not stop the creation of the database", async () => {
  const version = (text: string) =>
    sql(container, `UPDATE pg_database SET datcollversion = ${text} WHERE datname = 'template1'`);
  await version("'1.0'");
  try {
    await expect(sql(container, "CREATE DATABASE it_collation")).rejects.toThrow("has a collation version");
    expect(await apply()).toEqual(QUIET);
  } finally {
    await version("pg_database_collation_actual_version(oid)");
  }
});

test("a new password replaces the old one at once, and only the new one is accepted", async () => {
  await apply();
  await givePassword("open");
  expect(await apply()).toEqual(QUIET);
  await givePassword("sesame");
  expect(await signIn("open")).toBe("it_role in it_database");
  for (const wrong of ["sesame", "open ", "Open"]) {
    await expect(signIn(wrong)).rejects.toThrow("password authentication failed");
  }
});

test.each([
  ["capitals, a hyphen, a word of SQL", "It-Role-1", "table"],
  ["63 characters", `it_${"r".repeat(60)}`, `it_${"d".repeat(60)}`],
  ["characters that the settings refuse", "it's a $role %I \\", `it'; DROP DATABASE "postgres" --`],
])("role and database have exactly the requested names: %s", async (_, role, database) => {
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  try {
    expect(await apply({ role, database })).toEqual(QUIET);
    expect(await signIn("sesame", role, database)).toBe(`${role} in ${database}`);
  } finally {
    await sql(container, `DROP DATABASE IF EXISTS ${quoted(database)}; DROP ROLE IF EXISTS ${quoted(role)};`);
  }
});

test("the record names role and database, and holds a salted fingerprint of the password's verifier", async () => {
  await apply({ status: "role it_role missing" });
  const recorded = await record(input.records, input.key);
  expect(recorded).toMatch(
    new RegExp(
      `^status=role it_role missing\nkind=database\ncontainer=${container}\nsuperuser=postgres\n` +
        "role=it_role\ndatabase=it_database\nowned_tables=\nsalt=[0-9a-f]{32}\nfingerprint=[0-9a-f]{64}\n$",
    ),
  );
});

const passwords = {
  "every hostile character": Object.values(HOSTILE).join(" "),
  "blanks at both ends": "  two  ",
  "SQL that ends the statement": "'; DROP ROLE it_role; --",
  "a command of psql": "\\! id",
  "200 characters": `${"0123456789 '\"\\$%&?=/+".repeat(9)}0123456789é`,
};

test.each(Object.entries(passwords))("a password is accepted unchanged, after two runs: %s", async (_, password) => {
  await givePassword(password);
  for (const _ of ["once", "twice"]) expect(await apply()).toEqual(QUIET);
  expect(await signIn(password)).toBe("it_role in it_database");
});

test("a password is stored for SCRAM, also on a server whose default is MD5", async () => {
  await givePassword("sesame");
  await sql(container, "ALTER SYSTEM SET password_encryption = 'md5'");
  await sql(container, "SELECT pg_reload_conf()");
  try {
    await eventually(5, async () => expect(await sql(container, "SHOW password_encryption")).toBe("md5"));
    expect(await apply()).toEqual(QUIET);
    expect(await sql(container, "SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'it_role'")).toBe(
      "SCRAM-SHA-256",
    );
  } finally {
    await sql(container, "ALTER SYSTEM RESET password_encryption");
    await sql(container, "SELECT pg_reload_conf()");
  }
});

test("the server's log holds the verifier and never a password", async () => {
  const { stdout, stderr } = await command(["docker", "logs", container]);
  const log = stdout + stderr;
  expect(log).toMatch(/ALTER USER (")?it_role(")? PASSWORD 'SCRAM-SHA-256\$/);
  for (const password of Object.values(passwords)) expect(log).not.toContain(password.trim());
});

describe("database and role belong to one environment of the host:", () => {
  const theirs = `${directory}/theirs`;
  const other = { records: `${theirs}/records` };
  const requirement = `own_database ${container} postgres it_database it_role`;
  const probe = (records = input.records) => run("remote-host/probe", { records, requirements: requirement });
  const verifier = () => sql(container, "SELECT rolpassword FROM pg_authid WHERE rolname = 'it_role'");
  beforeEach(async () => {
    await asRoot(
      'rm -rf "$1"; mkdir -p "$1/records" "$1/secrets"; echo "place=ops@laptop:/srv/prod" >"$1/records/.owner"',
      theirs,
    );
    await givePassword("sesame");
    await sql(
      container,
      "CREATE ROLE it_role NOLOGIN; CREATE DATABASE it_database; COMMENT ON DATABASE it_database IS 'ours'; COMMENT ON ROLE it_role IS 'our role'",
    );
    expect(await apply(other)).toEqual(QUIET);
  });

  test("another one is refused in the plan and in the step, with the owner; the advice is run, and it gets both", async () => {
    const begun = performance.now();
    const { code, stderr } = await probe();
    const seconds = (performance.now() - begun) / 1000;
    const words = `belongs to another environment, which keeps its files in ${theirs}; its state is that of ops@laptop:/srv/prod: set postgresql.`;
    expect(code).toBe(1);
    expect(stderr).toContain(`- database it_database in container ${container} ${words}database`);
    expect(stderr).toContain(`- role it_role in container ${container} ${words}role`);
    const before = await verifier();
    await givePassword("another");
    expect(await apply()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`which keeps its files in ${theirs}`),
    });
    expect(await verifier()).toBe(before);
    const advice = [...stderr.matchAll(/release it: (docker exec .*)$/gm)].map(([, command]) => command!);
    expect(advice).toHaveLength(2);
    for (const command of advice) await asRoot(command);
    expect(await probe()).toMatchObject({ code: 0, stderr: "" });
    expect(await apply()).toEqual(QUIET);
    expect(await probe(other.records)).toMatchObject({ code: 1 });
    recordFault({
      ...{ cause: "the database of another environment is named", command: "plan", seconds },
      ...{ seen: words.replace(theirs, "…").replace(/: set .*/, ""), preserved: "everything: nothing was changed" },
    });
  });

  test("comments stay; the mark survives another name; the owner's own next run changes nothing", async () => {
    const marks = "SELECT count(*) FROM pg_db_role_setting";
    expect(await apply(other)).toEqual(QUIET);
    expect(await sql(container, marks)).toBe("2");
    const comments = `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'it_database'
      UNION ALL SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = 'it_role'`;
    expect(await sql(container, comments)).toBe("ours\nour role");
    await sql(
      container,
      "ALTER DATABASE it_database RENAME TO it_former; ALTER DATABASE it_former RENAME TO it_database",
    );
    expect((await probe()).code).toBe(1);
    expect((await probe(other.records)).code).toBe(0);
  });

  test("one whose files are gone does not keep them, and a clone belongs to nobody", async () => {
    await sql(container, "CREATE DATABASE it_clone TEMPLATE it_database");
    const clone = `own_database ${container} postgres it_clone it_nobody`;
    expect(await run("remote-host/probe", { records: input.records, requirements: clone })).toMatchObject({ code: 0 });
    await sql(container, "DROP DATABASE it_clone");
    await asRoot('mv "$1" "$1.moved"', theirs);
    expect(await probe()).toMatchObject({ code: 0, stderr: "" });
    expect(await apply()).toEqual(QUIET);
    await asRoot('rm -rf "$1.moved"', theirs);
  });

  test("a database from before the mark is drift, and a deploy marks it", async () => {
    expect(await apply(other)).toEqual(QUIET);
    await sql(container, "ALTER ROLE it_role RESET cdktf.environment");
    const { stdout } = await probe(other.records);
    expect(JSON.parse(stdout)[input.key]).toBe(
      "database it_database and role it_role not marked as this environment's",
    );
    expect(await apply({ ...other, status: JSON.parse(stdout)[input.key] })).toEqual(QUIET);
    expect(JSON.parse((await probe(other.records)).stdout)[input.key]).toBe(JSON.parse(stdout)[input.key]);
  });
});

describe("a failure is reported without the password and without psql's questions, and nothing is recorded:", () => {
  const said = async (more: Partial<typeof input>) => {
    const { code, stdout, stderr } = await apply({ ...more, key: "unmet" });
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(/Enter (new password|it again)|sesame/);
    await expect(record(input.records, "unmet")).rejects.toThrow("No such file");
    return stderr;
  };

  test("a secret that is missing", async () => {
    await givePassword("sesame");
    expect(await said({ password_name: "DATABASE_PASSWORD" })).toBe(
      `${input.secrets}/values has no DATABASE_PASSWORD: deploy again, which makes one\n`,
    );
  });

  test("a missing directory", async () => {
    expect(await said({ secrets: "/no/such" })).toBe(
      "/no/such/values has no PASSWORD: deploy again, which makes one\n",
    );
  });

  test("a missing container", async () => {
    expect(await said({ container: "it_no_such_container" })).toContain("it_no_such_container");
  });

  test("an unknown superuser", async () => {
    expect(await said({ superuser: "it_nobody" })).toContain('role "it_nobody" does not exist');
  });

  test("a superuser that cannot create roles", async () => {
    await sql(container, "CREATE ROLE it_guest LOGIN");
    expect(await said({ superuser: "it_guest", role: "it_new_role" })).toContain("permission denied to create role");
  });

  test("a password that the server refuses", async () => {
    await givePassword("it_refused");
    expect(await said({ role: "it_refused" })).toBe(
      `PostgreSQL in container ${container} did not accept the password of role it_refused: ERROR:  password must not equal user name\n`,
    );
  });

  test("a stopped container", async () => {
    await must(["docker", "kill", container]);
    expect(await said({})).toContain(container);
  });
});
