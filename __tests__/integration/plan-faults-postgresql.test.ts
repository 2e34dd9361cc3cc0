import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { inContainer, ownName, ownPostgresql, remove, sql, start } from "./containers.js";
import { asRoot, instance, run } from "./host.js";
import { AT_ONCE, directory, expectReported, type PlanFault } from "./plan-faults.js";

const { postgresql } = instance.containers;
const locked = ownPostgresql();
const exhausted = ownName("exhausted");

/** A session that stays open. @returns what ends it */
async function session(container: string, role: string, statements: string): Promise<() => Promise<unknown>> {
  const argv = ["exec", container, "psql", "-U", role, "-d", "postgres", "-c", statements];
  const held = spawn("docker", argv, { stdio: "ignore" });
  const theirs = "query ~ 'pg_sleep' AND pid <> pg_backend_pid()";
  await eventually(10, async () =>
    expect(await sql(container, `SELECT count(*) FROM pg_stat_activity WHERE ${theirs}`)).toBe("1"),
  );
  return async () => {
    held.kill();
    await sql(container, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${theirs}`);
  };
}

/** Records of a host on which a service `it` has served. */
const served = `${directory}/served`;
beforeAll(() => asRoot('mkdir -p "$1"; echo image=nocodb/nocodb:0.301.3 >"$1/.served-it"', served));
beforeAll(() => sql(locked, "CREATE DATABASE it_empty"));
beforeAll(() => sql(locked, "CREATE TABLE nc_users_v2 (email text, roles text)"));
const RESTORE = "npx nocodb-host backup restore prod";
const LOCK = "BEGIN; LOCK TABLE nc_users_v2 IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)";

describe("a PostgreSQL that is not ready is reported at once, with the cause, and nothing on the host changes:", () => {
  beforeAll(async () => {
    const few = ["postgres", "-c", "max_connections=4", "-c", "superuser_reserved_connections=3"];
    const env = { POSTGRES_PASSWORD: "of the superuser" };
    await start(exhausted, IMAGES.postgresql, ["--network", "none", "--env", "POSTGRES_PASSWORD"], few, { env });
    await eventually(60, () => inContainer(exhausted, ["pg_isready", "-q", "-U", "postgres", "-h", "127.0.0.1"]));
  });
  afterAll(() => remove(exhausted));

  const setting = (container: string, text: string) => async () => {
    await sql(container, `ALTER SYSTEM SET ${text}`);
    await sql(container, "SELECT pg_reload_conf()");
    await sleep(500);
    return async () => {
      await sql(container, `SET default_transaction_read_only = off; ALTER SYSTEM RESET ${text.split(" ")[0]}`).catch(
        () => {},
      );
      await sql(container, "SELECT pg_reload_conf()");
    };
  };

  /** Puts a line at the start of pg_hba.conf. */
  const access = (line: string) => async () => {
    const change = async (script: string) => {
      await inContainer(exhausted, ["sh", "-euc", `cd "$PGDATA"; ${script}`, "-", line]);
      await must(["docker", "kill", "--signal", "HUP", exhausted]);
      await sleep(500);
    };
    await change('cp pg_hba.conf pg_hba.former; sed -i "1i $1" pg_hba.conf');
    return () => change("cat pg_hba.former >pg_hba.conf");
  };

  const faults: readonly PlanFault[] = [
    {
      cause: "PostgreSQL does not know the superuser's name",
      requirements: [`postgresql ${postgresql} admin`],
      seen: /PostgreSQL in container \S+ does not let admin in through its local socket \(correct postgresql\.superuser/,
    },
    {
      cause: "PostgreSQL asks the superuser for a password at its socket",
      requirements: [`postgresql ${exhausted} postgres`],
      seen: /PostgreSQL in container \S+ asks postgres for a password at its local socket: put the line "local all postgres trust" at the start of its pg_hba\.conf and reload that/,
      setUp: access("local all all scram-sha-256"),
    },
    {
      cause: "PostgreSQL accepts and never answers",
      requirements: [`postgresql ${exhausted} postgres`],
      seen: /PostgreSQL in container \S+ does not let postgres in .*timeout expired/,
      setUp: async () => {
        await must(["docker", "kill", "--signal", "STOP", exhausted]);
        return () => must(["docker", "kill", "--signal", "CONT", exhausted]);
      },
    },
    {
      cause: "PostgreSQL is read-only",
      requirements: [`postgresql ${exhausted} postgres`],
      seen: /PostgreSQL in container \S+ is read-only \(a standby, or default_transaction_read_only\)/,
      setUp: setting(exhausted, "default_transaction_read_only = on"),
    },
    {
      cause: "PostgreSQL has no connection left",
      requirements: [`postgresql ${exhausted} postgres`],
      seen: /PostgreSQL in container \S+ has no connection left except those for superusers/,
      setUp: async () => {
        await sql(exhausted, "DROP ROLE IF EXISTS it_guest; CREATE ROLE it_guest LOGIN");
        return session(exhausted, "it_guest", "SELECT pg_sleep(60)");
      },
    },
    {
      cause: "another session has NocoDB's tables locked",
      requirements: [`super_admin ${locked} postgres postgres admin@example.com`],
      seen: /table nc_users_v2 in database postgres is locked by another session.*end that session/,
      setUp: () => session(locked, "postgres", LOCK),
    },
    {
      cause: "the database that NocoDB has served from was dropped",
      requirements: [`kept_database it nocodb ${locked} postgres it_dropped ${RESTORE}`],
      records: served,
      seen: /database it_dropped, from which nocodb\/nocodb:0\.301\.3 has served, does not exist in container \S+ any more: restore a backup \(npx nocodb-host backup restore prod\)/,
    },
    {
      cause: "PostgreSQL was set up again, and NocoDB's database is empty",
      requirements: [`kept_database it nocodb ${locked} postgres it_empty ${RESTORE}`],
      records: served,
      seen: /database it_empty, from which nocodb\/nocodb:0\.301\.3 has served, in container \S+ does not hold its data any more: restore a backup \(npx nocodb-host backup restore prod\)/,
    },
    {
      cause: "NocoDB has encrypted data sources, and the host has lost the key",
      requirements: [`connection_key ${locked} postgres postgres ${directory}/secrets`],
      seen: /NC_CONNECTION_ENCRYPT_KEY is missing in \S+\/values, and NocoDB in database postgres has encrypted 2 data sources with it: put its line back/,
      setUp: async () => {
        await sql(locked, "CREATE TABLE nc_sources_v2 AS SELECT n > 1 AS is_encrypted FROM generate_series(1, 3) AS n");
        return () => sql(locked, "DROP TABLE IF EXISTS nc_sources_v2");
      },
    },
    {
      cause: "NocoDB's database is read-only",
      requirements: [`kept_database it nocodb ${locked} postgres postgres ${RESTORE}`],
      records: served,
      seen: /database postgres in container \S+ is read-only \(default_transaction_read_only\)/,
      setUp: async () => {
        await sql(locked, "ALTER DATABASE postgres SET default_transaction_read_only = on");
        const reset =
          "SET default_transaction_read_only = off; ALTER DATABASE postgres RESET default_transaction_read_only";
        return () => sql(locked, reset);
      },
    },
  ];

  test.each(faults)("$cause", async (fault) => {
    await expectReported(fault);
  });
});

test("a database that NocoDB has not served from yet can be missing or empty, and the one that it serves from is accepted", async () => {
  const kept = (database: string, records: string) =>
    run("remote-host/probe", {
      records,
      requirements: `kept_database it nocodb ${locked} postgres ${database} ${RESTORE}`,
    });
  const none = `${directory}/none`;
  for (const [database, records] of [
    ["it_dropped", none],
    ["it_empty", none],
    ["postgres", served],
  ] as const)
    expect(await kept(database, records)).toMatchObject({ code: 0, stderr: "" });
});

test("a warning of PostgreSQL at every connection, as after an update of its image, is not taken for an answer", async () => {
  const warn = (version: string) =>
    sql(locked, `UPDATE pg_database SET datcollversion = ${version} WHERE datname = 'postgres'`);
  await sql(locked, "INSERT INTO nc_users_v2 VALUES ('admin@example.com', 'org-level-creator,super')");
  await warn("'1'");
  try {
    const requirements = `postgresql ${locked} postgres\nsuper_admin ${locked} postgres postgres admin@example.com`;
    expect(await run("remote-host/probe", { records: served, requirements })).toMatchObject({ code: 0, stderr: "" });
  } finally {
    await warn("NULL");
    await sql(locked, "DELETE FROM nc_users_v2");
  }
});

test("a backup of tables that another session has locked fails at once, and leaves nothing behind", async () => {
  const backups = `${directory}/backups`;
  const end = await session(locked, "postgres", LOCK);
  try {
    const begun = performance.now();
    const { code, stderr } = await run("backup/create", {
      ...{ records: `${directory}/records`, backups, keep: "3", reason: "on request", secrets: `${directory}/none` },
      ...{ service: "it", service_kind: "nocodb", data_directory: `${directory}/data` },
      ...{ database_container: locked, superuser: "postgres", database: "postgres", role: "postgres" },
      pinned_secrets: "NC_CONNECTION_ENCRYPT_KEY",
    });
    const seconds = (performance.now() - begun) / 1000;
    const seen =
      /The backup failed \(pg_dump of database postgres: .*LOCK TABLE public\.nc_users_v2.*so nothing was changed/;
    expect([code, stderr]).toEqual([1, expect.stringMatching(seen)]);
    expect(seconds).toBeLessThan(AT_ONCE);
    expect(await asRoot('ls -A "$1"', backups)).toBe("");
    recordFault({
      cause: "NocoDB's tables are locked while the database is dumped",
      command: "npx nocodb-host backup create",
      seen: "The backup failed (pg_dump of",
      seconds,
      preserved: "nothing of the backup stays behind",
    });
  } finally {
    await end();
  }
});
