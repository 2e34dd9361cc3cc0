import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "../../lab/command.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { recordFault } from "../fault.js";
import { inContainer, ownName, ownPostgresql, remove, sql, start } from "./containers.js";
import { dataService } from "./data-service.js";
import { asRoot, type Input, scratch } from "./host.js";

const directory = scratch("restore");
const container = ownPostgresql();
const name = ownName("service");
const service = dataService({ name: "restore", postgresql: container, directory });
const { database, backups, data } = service;
const reader = "it_reader";
const restore = (more: Input = {}, inject?: string) =>
  service.restore({ container: name, owned_tables: "^nc_", ...more }, { inject });

/** Everything that a database of NocoDB can hold: owners, privileges, content. */
const census = () =>
  sql(
    container,
    `SELECT n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relacl FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE nspname IN ('public', 'p123') ORDER BY 1, 2;
     SELECT nspname, pg_get_userbyid(nspowner), nspacl FROM pg_namespace WHERE nspname IN ('public', 'p123') ORDER BY 1;
     SELECT extname, obj_description(oid) FROM pg_extension ORDER BY 1;
     SELECT defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl FROM pg_default_acl ORDER BY 1, 2, 3;
     SELECT pg_get_userbyid(datdba), (SELECT array_agg(each::text ORDER BY each::text) FROM unnest(datacl) each), pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider, daticulocale,
            shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database();
     SELECT setrole::regrole, setconfig FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1;
     SELECT oid, pg_get_userbyid(lomowner), lo_get(oid) FROM pg_largeobject_metadata;
     SELECT * FROM p123.tasks ORDER BY id; SELECT * FROM nc_users_v2 ORDER BY email; SELECT obj_description('p123.tasks'::regclass)`,
    database,
  );
const files = () => asRoot('cd "$1" && find . -type f -printf "%p %U:%G %m\\n" -exec cat {} + | sort', data);
/** What a restore prepares beside the database and the files in use. */
const halves = () =>
  Promise.all([
    sql(container, "SELECT datname FROM pg_database WHERE datname ~ '^cdktf_'"),
    asRoot('cd "$1" && ls -A | grep -E "^[.]re" || true', data),
  ]);
const since = () => must(["docker", "inspect", "-f", "{{.State.Status}} {{.State.StartedAt}}", name]);
let before: string[];
const everything = async () => [await census(), await files()];

beforeAll(async () => {
  await sql(container, `CREATE ROLE ${database} LOGIN; CREATE ROLE ${reader}`);
  await sql(
    container,
    `CREATE DATABASE ${database} OWNER ${database} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk'`,
  );
  await sql(
    container,
    `REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC; GRANT CONNECT ON DATABASE ${database} TO ${reader};
     ALTER DATABASE ${database} SET cdktf.environment = '${directory}'; ALTER DATABASE ${database} SET statement_timeout = '90s'; ALTER ROLE ${reader} IN DATABASE ${database} SET work_mem = '8MB';
     COMMENT ON DATABASE ${database} IS 'of\n-- the team; don''t drop'`,
  );
  await sql(
    container,
    `CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pgcrypto;
     SET ROLE ${database};
     CREATE TABLE nc_users_v2 (email text, roles text); INSERT INTO nc_users_v2 VALUES ('a', 'org-level-creator,super');
     CREATE SCHEMA p123; CREATE TABLE p123.tasks (id serial PRIMARY KEY, title text); COMMENT ON TABLE p123.tasks IS 'of a base';
     INSERT INTO p123.tasks (title) VALUES ('first'), ('second'); GRANT SELECT ON p123.tasks TO ${reader};
     ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${reader};
     ALTER DEFAULT PRIVILEGES IN SCHEMA p123 GRANT USAGE ON SEQUENCES TO ${reader};
     ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
     SELECT lo_from_bytea(4711, 'a large object')`,
    database,
  );
  await asRoot(
    'mkdir -p "$1/data/nc/uploads" && echo one >"$1/data/nc/uploads/file" && chown -R 1000:1000 "$1/data"',
    service.home,
  );
  await asRoot('mkdir "$1"; echo NC_CONNECTION_ENCRYPT_KEY=hidden >"$1/values"', service.secrets);
  before = await everything();
  expect((await service.create()).stderr).toBe("");
  await start(name, IMAGES.sshd, ["--init", "--restart", "unless-stopped"], ["sleep", "infinity"]);
});
afterAll(() => remove(name));

const change = async () => {
  await sql(container, "DELETE FROM p123.tasks WHERE id = 1; INSERT INTO nc_users_v2 VALUES ('b', '')", database);
  await asRoot('echo two >"$1/nc/uploads/file" && touch "$1/later"', data);
};

/** Runs a restore that is refused; the service keeps running, and nothing changes. */
async function expectRefused(cause: string, words: RegExp, restoring: Promise<Outcome> = restore()): Promise<void> {
  const [there, was] = [await everything(), await since()];
  const begun = performance.now();
  const { code, stderr } = await restoring;
  const seconds = (performance.now() - begun) / 1000;
  expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
  expect([await everything(), await since()]).toEqual([there, was]);
  const seen = words.exec(stderr)![0].replaceAll(directory, "…");
  recordFault({
    cause,
    command: "npx nocodb-host backup restore",
    seen,
    seconds,
    preserved: "the running service, its database and data",
  });
}

test("a backup names its super admin, and its metadata holds no secret", async () => {
  const { stdout } = await restore({ confirmed: "no" });
  expect(stdout).toMatch(/\nadmin=a\nsize=/);
  expect(await asRoot('cat "$1"/*/metadata', backups)).not.toContain("hidden");
});

describe("a restore that fails", () => {
  beforeEach(change);

  test("because the disk for the files is full changes nothing", async () => {
    const full = "/dev/shm/it_restore";
    await asRoot('mkdir -p "$1/data/nc" && dd if=/dev/urandom of="$1/data/nc/large" bs=1M count=20 2>/dev/null', full);
    await service.create({ data_directory: `${full}/data` });
    await asRoot('dd if=/dev/zero of="$1/fill" bs=64k 2>/dev/null || true', full);
    try {
      const words = /the files could not be unpacked in \S+, so nothing was changed: .*No space left/;
      await expectRefused("the disk is full during a restore", words, restore({ data_directory: `${full}/data` }));
      expect(await asRoot('ls -A "$1/data"', full)).toBe("nc\n");
    } finally {
      await asRoot('rm -rf "$1"; rm -rf "$(ls -d "$2"/2* | tail -n 1)"', full, backups);
    }
  });

  test("because the dump is of a newer PostgreSQL shows the words of pg_restore", async () => {
    const newer = 'printf "\\020" | dd of=database.dump bs=1 seek=6 conv=notrunc 2>/dev/null';
    const summed = 'sed -i "s/^database.dump=.*/database.dump=$(sha256sum <database.dump | cut -d " " -f 1)/" metadata';
    await asRoot(`cd "$1"/2*; cp database.dump "$1/dump"; cp metadata "$1/metadata"; ${newer}; ${summed}`, backups);
    try {
      await expectRefused(
        "the dump is of a newer PostgreSQL",
        /database\.dump cannot be read: .*unsupported version \(1\.16\) in file header\. Choose another backup, or the PostgreSQL that it was made with/,
      );
    } finally {
      await asRoot('cd "$1"/2*; mv "$1/dump" database.dump; mv "$1/metadata" metadata', backups);
    }
  });

  test("because a role with a privilege does not exist names the role", async () => {
    await sql(container, `ALTER ROLE ${reader} RENAME TO someone`);
    await expectRefused(
      "a role that the dump names does not exist",
      /the dump could not be restored, so nothing was changed: .*role "it_reader" does not exist.*CREATE ROLE … NOLOGIN is enough/,
    );
    await sql(container, `ALTER ROLE someone RENAME TO ${reader}`);
  });

  test("because an extension is not installed any more shows PostgreSQL's own message", async () => {
    const place = "cd /usr/share/postgresql/*/extension";
    const install = `${place}; echo "default_version = '1'" >it_gone.control; echo "SELECT 1;" >it_gone--1.sql`;
    await inContainer(container, ["sh", "-c", install]);
    await sql(container, "CREATE EXTENSION it_gone", database);
    expect(await service.create({ keep: "9" })).toMatchObject({ code: 0, stderr: "" });
    await inContainer(container, ["sh", "-c", `${place}; rm it_gone*`]);
    try {
      await expectRefused(
        "an extension of the dump is not installed",
        /the dump could not be restored, so nothing was changed: .*ERROR: {2}.*extension.*it_gone.*\(run an image of PostgreSQL that has that extension/,
      );
    } finally {
      await sql(container, "DROP EXTENSION it_gone", database);
      await asRoot('rm -rf "$(ls -d "$1"/2* | tail -n 1)"', backups);
    }
  });

  test.each([
    ["made=yesterday", 'its line made= says "yesterday"'],
    ["image=x; rm -rf /", 'its line image= says "x; rm -rf /"'],
    ["activity=1 2", 'its line activity= says "1 2"'],
    ["release=1; x", 'its line release= says "1; x"'],
    ["database=x/; x", 'its line database= says "x/; x"'],
    ["version=../x", 'its line version= says "../x"'],
  ])("because `metadata` was edited by hand (%s) names the line", async (line, words) => {
    await asRoot(
      'cp "$1"/2*/metadata "$1/metadata" && sed -i "s#^$2=.*#$3#" "$1"/2*/metadata',
      backups,
      line.split("=")[0]!,
      line,
    );
    const { code, stderr } = await restore();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`/metadata was changed after the backup was made: ${words}. Correct it, or`),
    ]);
    await asRoot('mv "$1/metadata" "$1"/2*/metadata', backups);
  });

  test("because the backup belongs to another role names the setting", async () => {
    const { stderr } = await restore({ role: "it_other" });
    expect(stderr).toMatch(/belongs to role it_restore, not it_other: set postgresql\.role/);
  });
});

describe("a restore", () => {
  const made = async () => (await asRoot('ls -d "$1"/2*', backups)).trim().split("\n").length;
  const oldest = async () => (await asRoot('ls "$1" | head -n 1', backups)).trim();
  const newest = async () => (await asRoot('ls "$1" | tail -n 1', backups)).trim();
  let first: string;

  beforeEach(async () => {
    first = await oldest();
    await change();
    await must(["docker", "start", name]);
  });

  test("brings schemas, extensions, large objects, owners, privileges, default ones too, and files back, prepared beside those in use", async () => {
    const { code, stderr } = await restore();
    expect([code, stderr]).toEqual([0, ""]);
    expect(await everything()).toEqual(before);
    expect(await since()).toMatch(/^exited/);
    expect(await sql(container, "SELECT count(*) FROM pg_database WHERE datname LIKE 'cdktf%'")).toBe("0");
  });

  test("that is killed before the exchange has changed nothing, and the next backup removes its leftovers", async () => {
    const [there, was] = [await everything(), await since()];
    expect((await restore({}, "unready")).code).not.toBe(0);
    expect(await halves()).toEqual([`cdktf_restoring_${database}`, ".replaced\n.restoring\n"]);
    expect(await service.create({ keep: "9" })).toMatchObject({ code: 0, stderr: "" });
    expect(await halves()).toEqual(["", ""]);
    expect([await everything(), await since()]).toEqual([there, was]);
    await asRoot('rm -rf "$(ls -d "$1"/2* | tail -n 1)"', backups);
  });

  test("that is killed between database and files blocks every plan, and is completed by the same command", async () => {
    const begun = performance.now();
    expect((await restore({}, "torn")).code).not.toBe(0);
    const requirements = `whole_restore ${backups} npx nocodb-host backup restore prod`;
    const plan = await service.beforeCreate(IMAGES.sshd, { requirements });
    const words = `a restore of backup ${first} was interrupted between database and files: run it again to finish it: npx nocodb-host backup restore prod`;
    expect([plan.code, plan.stderr]).toEqual([1, expect.stringContaining(words)]);
    const { code, stdout } = await restore();
    expect([code, stdout]).toEqual([0, `backup ${first} restored\n`]);
    expect(await everything()).toEqual(before);
    recordFault({
      ...{ cause: "a restore is killed between database and files", command: "plan" },
      ...{ seen: words.replace(first, "…"), seconds: (performance.now() - begun) / 1000 },
      preserved: "the former data, in a backup; the same command completes the restore",
    });
  });

  test("beside another one waits for it, and both succeed", async () => {
    const both = await Promise.all([restore({ backup: first }), restore({ backup: first })]);
    expect(both.map(({ code, stderr }) => [code, stderr.replace(/^waiting.*\n/, "")])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(await everything()).toEqual(before);
  });

  test("of another environment's backup leaves the database to this one, and another one's database is refused", async () => {
    const mark = (of: string) => sql(container, `ALTER DATABASE ${database} SET cdktf.environment = '${of}'`);
    await mark("/srv/other/configs/nocodb");
    await service.create({ keep: "9" });
    expect(await restore({ backup: await newest(), keep: "9" })).toMatchObject({ code: 0, stderr: "" });
    const marks = `SELECT array_to_string(setconfig, ' ') FROM pg_db_role_setting WHERE setrole = 0`;
    expect(await sql(container, marks)).toContain(`cdktf.environment=${directory}`);
    await asRoot('mkdir -p "$1/theirs/secrets" && touch "$1/theirs/secrets/values"', directory);
    await mark(`${directory}/theirs`);
    await expectRefused(
      "a restore into the database of another environment",
      /belongs to another environment, which keeps its files in \S+\/theirs, so nothing was changed: correct postgresql/,
      restore({ backup: first, keep: "9" }),
    );
    await mark(directory);
    expect(await restore({ backup: first, keep: "9" })).toMatchObject({ code: 0, stderr: "" });
    expect(await everything()).toEqual(before);
  });

  test("creates the data directory if it is missing", async () => {
    await asRoot('rm -rf "$1"', data);
    expect((await restore({ backup: first })).stderr).toBe("");
    expect(await everything()).toEqual(before);
    expect(await asRoot('stat -c "%u:%g %a" "$1"', data)).toBe("1000:1000 755\n");
  });

  test("keeps nothing of the former data if it is discarded", async () => {
    const there = await made();
    expect((await restore({ backup: first, discard: "yes" })).stdout).toBe(`backup ${first} restored\n`);
    expect(await made()).toBe(there);
  });
});
