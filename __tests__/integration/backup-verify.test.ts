import { beforeEach, describe, expect, test } from "vitest";
import { recordFault } from "../fault.js";
import { ownPostgresql, sql } from "./containers.js";
import { dataService } from "./data-service.js";
import { asRoot, scratch } from "./host.js";

const directory = scratch("verify");
const container = ownPostgresql();
// Databases whose names begin with the same 40 characters.
const service = dataService({ name: `verify_${"x".repeat(50)}a`, postgresql: container, directory });
const { backups, database } = service;

beforeEach(async () => {
  await service.reset();
  await service.served("nocodb/nocodb:1.2.3");
});

const scratchDatabases = () => sql(container, "SELECT datname FROM pg_database WHERE datname ~ '^cdktf_'");
const recorded = async () => (await service.recorded("restore-test")).replace(/=\S+Z (\S+Z)-1\.2\.3 /, "=… ");

describe("a restore test", () => {
  test("passes while the service writes, because rows are counted in the snapshot of the dump", async () => {
    await sql(container, "CREATE TABLE large AS SELECT generate_series(1, 200000) AS id", database);
    const writing = sql(
      container,
      `DO $$ BEGIN FOR n IN 1..300 LOOP INSERT INTO nc_users_v2 VALUES (n::text); DELETE FROM large WHERE id = n; COMMIT; PERFORM pg_sleep(0.001); END LOOP; END $$`,
      database,
    );
    expect(await service.create()).toMatchObject({ code: 0, stderr: "" });
    await writing;
    const { code, stdout, stderr } = await service.verify();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^backup \S+ passed its restore test: 2 tables with \d+ rows, as in the service's database /,
    );
    expect(await recorded()).toMatch(/^restore-test=… passed 2 tables with \d+ rows, as in/);
    expect(await service.list()).toMatch(/\nLast restore test: \S+ \S+ passed 2 tables/);
    expect(await scratchDatabases()).toBe("");
    expect(await sql(container, "SELECT count(*) FROM nc_users_v2", database)).toBe("301");
  });

  test("fails if the restored rows are not those that were noted, names the tables, and records that", async () => {
    await service.create();
    await asRoot('sed -i "s/^rows=1 /rows=2 /" "$1"/*/metadata', backups);
    const begun = performance.now();
    const { code, stderr } = await service.verify();
    const seconds = (performance.now() - begun) / 1000;
    const seen =
      "failed its restore test: 1 of the tables differ in their rows: public.nc_users_v2 (noted: 2, restored: 1)";
    expect([code, stderr]).toEqual([1, expect.stringContaining(seen)]);
    expect(await recorded()).toContain("failed 1 of the tables");
    expect(await scratchDatabases()).toBe("");
    const preserved = "NocoDB and its database";
    recordFault({ cause: "a backup lacks rows", command: "npx nocodb-host backup verify", seen, seconds, preserved });
  });

  test("of a damaged backup fails, and says what is damaged", async () => {
    await service.create();
    await asRoot('cd "$1"/2* && echo x >>database.dump', backups);
    expect(await service.verify()).toMatchObject({ code: 1, stderr: expect.stringContaining("was changed after") });
    expect(await recorded()).toContain("database.dump was changed after the backup was made");
  });

  test("of a backup without counts says that it could not compare them", async () => {
    await service.create();
    await asRoot('sed -i "/^rows=/d; /^size=/d" "$1"/*/metadata', backups);
    const { code, stdout } = await service.verify();
    expect([code, stdout]).toEqual([0, expect.stringContaining("1 tables with 1 rows; nothing to compare them with")]);
  });

  test("without room on PostgreSQL's disk is not begun", async () => {
    await service.create();
    await asRoot('sed -i "s/^size=.*/size=900000000000000/" "$1"/*/metadata', backups);
    expect((await service.verify()).stderr).toMatch(
      /needs twice the size of the database, \d+ MiB, and \S+ in container/,
    );
  });

  test("that was killed leaves a database, which the next backup drops", async () => {
    await service.create();
    const { code } = await service.verify({}, { inject: "killed-before-counting" });
    expect(code).not.toBe(0);
    expect(await scratchDatabases()).toMatch(/^cdktf_testing_it_verify_x{28}_[0-9a-f]{8}$/);
    await service.create();
    expect(await scratchDatabases()).toBe("");
  });

  test("without a backup is an error for a person, and none on schedule", async () => {
    expect(await service.verify()).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no backup in") });
    expect((await service.verify({ reason: "on schedule" })).code).toBe(0);
  });
});
