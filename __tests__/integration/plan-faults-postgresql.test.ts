import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROBE } from "../../constructs/remote-host/probe.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { inContainer, ownName, ownPostgresql, remove, sql, start } from "./containers.js";
import { asRoot, instance, run } from "./host.js";
import { AT_ONCE, directory, expectTold, type Trouble } from "./plan-faults.js";

const { postgresql } = instance.containers;
const locked = ownPostgresql();
const exhausted = ownName("exhausted");

/** A session that someone else keeps open. @returns what ends it */
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

/** Records of a host on which NocoDB has served. */
const served = `${directory}/served`;
beforeAll(() => asRoot('mkdir -p "$1"; echo image=nocodb/nocodb:0.301.3 >"$1/.served"', served));
beforeAll(() => sql(locked, "CREATE DATABASE it_empty"));
beforeAll(() => sql(locked, "CREATE TABLE nc_users_v2 (email text, roles text)"));
const LOCK = "BEGIN; LOCK TABLE nc_users_v2 IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)";

describe("a PostgreSQL that is not ready is told at once, by its cause, and nothing on the host is changed:", () => {
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

  const troubles: readonly Trouble[] = [
    {
      cause: "PostgreSQL does not know the superuser's name",
      requirements: [`postgresql ${postgresql} admin`],
      seen: /PostgreSQL in container \S+ does not let admin in through its local socket \(correct postgresql\.superuser/,
    },
    {
      cause: "PostgreSQL accepts and never answers",
      requirements: [`postgresql ${exhausted} postgres`],
      seen: /PostgreSQL in container \S+ does not let postgres in .*timeout expired/,
      cause_it: async () => {
        await must(["docker", "kill", "--signal", "STOP", exhausted]);
        return () => must(["docker", "kill", "--signal", "CONT", exhausted]);
      },
    },
    {
      cause: "PostgreSQL is read-only",
      requirements: [`postgresql ${exhausted} postgres`],
      seen: /PostgreSQL in container \S+ is read-only \(a standby, or default_transaction_read_only\)/,
      cause_it: setting(exhausted, "default_transaction_read_only = on"),
    },
    {
      cause: "PostgreSQL has no connection left",
      requirements: [`postgresql ${exhausted} postgres`],
      seen: /PostgreSQL in container \S+ has no connection left but those of superusers/,
      cause_it: async () => {
        await sql(exhausted, "DROP ROLE IF EXISTS it_guest; CREATE ROLE it_guest LOGIN");
        return session(exhausted, "it_guest", "SELECT pg_sleep(60)");
      },
    },
    {
      cause: "another session has NocoDB's tables locked",
      requirements: [`super_admin ${locked} postgres postgres admin@example.com`],
      seen: /table nc_users_v2 in database postgres is locked by another session.*end that session/,
      cause_it: () => session(locked, "postgres", LOCK),
    },
    {
      cause: "the database that NocoDB served from was dropped",
      requirements: [`kept_database ${locked} postgres it_dropped prod`],
      manifest: served,
      seen: /database it_dropped, from which nocodb\/nocodb:0\.301\.3 has served, is not in container \S+ any more: take a backup back \(npm run restore -- prod\)/,
    },
    {
      cause: "PostgreSQL was begun anew, and NocoDB's database is empty",
      requirements: [`kept_database ${locked} postgres it_empty prod`],
      manifest: served,
      seen: /database it_empty, from which nocodb\/nocodb:0\.301\.3 has served, in container \S+ holds no NocoDB any more: take a backup back \(npm run restore -- prod\)/,
    },
    {
      cause: "NocoDB's database is read-only",
      requirements: [`kept_database ${locked} postgres postgres prod`],
      manifest: served,
      seen: /database postgres in container \S+ is read-only \(default_transaction_read_only\)/,
      cause_it: async () => {
        await sql(locked, "ALTER DATABASE postgres SET default_transaction_read_only = on");
        const reset =
          "SET default_transaction_read_only = off; ALTER DATABASE postgres RESET default_transaction_read_only";
        return () => sql(locked, reset);
      },
    },
  ];

  test.each(troubles)("$cause", async (trouble) => {
    await expectTold(trouble);
  });
});

test("a database that NocoDB has not served from yet may be missing or empty, and one that it serves from is as it should be", async () => {
  const kept = (database: string, manifest: string) =>
    run(PROBE, { manifest, requirements: `kept_database ${locked} postgres ${database} prod` });
  const none = `${directory}/none`;
  for (const [database, manifest] of [
    ["it_dropped", none],
    ["it_empty", none],
    ["postgres", served],
  ] as const)
    expect(await kept(database, manifest)).toMatchObject({ code: 0, stderr: "" });
});

test("what PostgreSQL warns of at every connection, as after an update of its image, is no answer", async () => {
  const warn = (version: string) =>
    sql(locked, `UPDATE pg_database SET datcollversion = ${version} WHERE datname = 'postgres'`);
  await sql(locked, "INSERT INTO nc_users_v2 VALUES ('admin@example.com', 'org-level-creator,super')");
  await warn("'1'");
  try {
    const requirements = `postgresql ${locked} postgres\nsuper_admin ${locked} postgres postgres admin@example.com`;
    expect(await run(PROBE, { manifest: served, requirements })).toMatchObject({ code: 0, stderr: "" });
  } finally {
    await warn("NULL");
    await sql(locked, "DELETE FROM nc_users_v2");
  }
});

test("a backup of tables that another session has locked is given up at once, and leaves nothing behind", async () => {
  const backups = `${directory}/backups`;
  const end = await session(locked, "postgres", LOCK);
  try {
    const begun = performance.now();
    const { code, stderr } = await run(
      ["common.sh", "container.sh", "requirements.sh", "backup.sh", "make-backup.sh"],
      {
        ...{
          manifest: `${directory}/manifest`,
          backups,
          keep: "3",
          reason: "asked for",
          env_file: `${directory}/none`,
        },
        ...{ database_container: locked, superuser: "postgres", database: "postgres", role: "postgres" },
        data_directory: `${directory}/data`,
      },
    );
    const seconds = (performance.now() - begun) / 1000;
    const seen =
      /There is no backup \(pg_dump of database postgres: .*LOCK TABLE public\.nc_users_v2.*so nothing was changed/;
    expect([code, stderr]).toEqual([1, expect.stringMatching(seen)]);
    expect(seconds).toBeLessThan(AT_ONCE);
    expect(await asRoot('ls -A "$1"', backups)).toBe("");
    recordFault({
      cause: "NocoDB's tables are locked when the database is dumped",
      command: "npm run backup",
      seen: "There is no backup (pg_dump of",
      seconds,
      preserved: "nothing of the backup is left behind",
    });
  } finally {
    await end();
  }
});
