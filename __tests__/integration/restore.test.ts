import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "../../lab/command.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { recordFault } from "../fault.js";
import { ownName, ownPostgresql, remove, sql, start } from "./containers.js";
import { aside, asRoot, type Input, run, scratch } from "./host.js";

const directory = scratch("restore");
const [backups, data, manifest] = ["backups", "data", "manifest"].map((name) => `${directory}/${name}`) as string[];
const container = ownPostgresql();
const service = ownName("service");
const database = "it_restore";
const reader = "it_reader";

const input: Input = {
  ...{ manifest: manifest!, backups: backups!, keep: "3", database_container: container, superuser: "postgres" },
  ...{ database, role: database, data_directory: data!, env_file: `${directory}/nocodb.env`, reason: "asked for" },
  ...{ name: service, backup: "latest", really: "yes", discard: "no" },
};
const script = (name: string, more: Input = {}, ...first: string[]) =>
  run(["common.sh", "container.sh", ...first, "requirements.sh", "backup.sh", name], { ...input, ...more });
const restore = (more: Input = {}, ...first: string[]) => script("restore-backup.sh", more, ...first);

/** Everything that a database of NocoDB's can hold: who owns it, who may read it, what is in it. */
const census = () =>
  sql(
    container,
    `SELECT n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relacl FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE nspname IN ('public', 'p123') ORDER BY 1, 2;
     SELECT nspname, pg_get_userbyid(nspowner), nspacl FROM pg_namespace WHERE nspname IN ('public', 'p123') ORDER BY 1;
     SELECT extname, obj_description(oid) FROM pg_extension ORDER BY 1;
     SELECT oid, pg_get_userbyid(lomowner), lo_get(oid) FROM pg_largeobject_metadata;
     SELECT * FROM p123.tasks ORDER BY id; SELECT * FROM nc_users_v2 ORDER BY email; SELECT obj_description('p123.tasks'::regclass)`,
    database,
  );
const files = () => asRoot('cd "$1" && find . -type f -printf "%p %U:%G %m\\n" -exec cat {} + | sort', data!);
/** What a restore makes ready beside the database and the files in use. */
const halves = () =>
  Promise.all([
    sql(container, "SELECT datname FROM pg_database WHERE datname ~ '^cdktf_'"),
    asRoot('cd "$1" && ls -A | grep -E "^[.]re" || true', data!),
  ]);
const since = () => must(["docker", "inspect", "-f", "{{.State.Status}} {{.State.StartedAt}}", service]);
let before: string[];
const everything = async () => [await census(), await files()];

beforeAll(async () => {
  await sql(container, `CREATE ROLE ${database} LOGIN; CREATE ROLE ${reader}`);
  await sql(container, `CREATE DATABASE ${database} OWNER ${database}`);
  await sql(
    container,
    `CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pgcrypto;
     SET ROLE ${database};
     CREATE TABLE nc_users_v2 (email text, roles text); INSERT INTO nc_users_v2 VALUES ('a', 'org-level-creator,super');
     CREATE SCHEMA p123; CREATE TABLE p123.tasks (id serial PRIMARY KEY, title text); COMMENT ON TABLE p123.tasks IS 'of a base';
     INSERT INTO p123.tasks (title) VALUES ('first'), ('second'); GRANT SELECT ON p123.tasks TO ${reader};
     SELECT lo_from_bytea(4711, 'a large object')`,
    database,
  );
  await asRoot(
    'mkdir -p "$1/data/nc/uploads" && echo one >"$1/data/nc/uploads/file" && chown -R 1000:1000 "$1/data"',
    directory,
  );
  await asRoot("printf 'NC_CONNECTION_ENCRYPT_KEY=hidden\\n' >\"$1/nocodb.env\"", directory);
  before = await everything();
  expect((await script("make-backup.sh")).stderr).toBe("");
  await start(service, IMAGES.sshd, ["--init", "--restart", "unless-stopped"], ["sleep", "infinity"]);
});
afterAll(() => remove(service));

const change = async () => {
  await sql(container, "DELETE FROM p123.tasks WHERE id = 1; INSERT INTO nc_users_v2 VALUES ('b', '')", database);
  await asRoot('echo two >"$1/nc/uploads/file" && touch "$1/later"', data!);
};

/** Runs a restore that is refused; the service goes on, and all is as it was. */
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
    command: "npm run restore",
    seen,
    seconds,
    preserved: "the service runs, the same; database and data",
  });
}

test("a backup says whose it is, and knows the encryption key by a fingerprint alone", async () => {
  const { stdout } = await restore({ really: "no" });
  expect(stdout).toMatch(/\nadmin=a\nconnection_key=[0-9a-f]{32}:[0-9a-f]{64}\n$/);
  expect(await asRoot('cat "$1"/*/about', backups!)).not.toContain("hidden");
});

describe("a restore that cannot be", () => {
  beforeEach(change);

  test("because the disk for the files is full changes nothing", async () => {
    const full = "/dev/shm/it_restore";
    await asRoot('mkdir -p "$1/data/nc" && dd if=/dev/urandom of="$1/data/nc/large" bs=1M count=20 2>/dev/null', full);
    await script("make-backup.sh", { data_directory: `${full}/data` });
    await asRoot('dd if=/dev/zero of="$1/fill" bs=64k 2>/dev/null || true', full);
    try {
      const words = /the files could not be unpacked in \S+, so nothing was changed: .*No space left/;
      await expectRefused("The disk is full during a restore", words, restore({ data_directory: `${full}/data` }));
      expect(await asRoot('ls -A "$1/data"', full)).toBe("nc\n");
    } finally {
      await asRoot('rm -rf "$1"; rm -rf "$(ls -d "$2"/2* | tail -n 1)"', full, backups!);
    }
  });

  test("because a role that may read something is gone says which", async () => {
    await sql(container, `ALTER ROLE ${reader} RENAME TO someone`);
    await expectRefused(
      "A role that the dump names is gone",
      /the dump could not be restored, so nothing was changed: .*role "it_reader" does not exist.*CREATE ROLE … NOLOGIN is enough/,
    );
    await sql(container, `ALTER ROLE someone RENAME TO ${reader}`);
  });

  test.each([
    ["made=yesterday", 'its line made= says "yesterday"'],
    ["image=x; rm -rf /", 'its line image= says "x; rm -rf /"'],
    ["activity=1 2", 'its line activity= says "1 2"'],
  ])("because `about` was edited by hand (%s) says so", async (line, words) => {
    await asRoot(
      'cp "$1"/2*/about "$1/about" && sed -i "s#^$2=.*#$3#" "$1"/2*/about',
      backups!,
      line.split("=")[0]!,
      line,
    );
    const { code, stderr } = await restore();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`/about is not as it was written: ${words}. Put it right`),
    ]);
    await asRoot('mv "$1/about" "$1"/2*/about', backups!);
  });

  test("because it is of another role says which setting is wrong", async () => {
    const { stderr } = await restore({ role: "it_other" });
    expect(stderr).toMatch(/is of role it_restore, not it_other: set postgresql\.role/);
  });
});

describe("a restore", () => {
  const made = async () => (await asRoot('ls -d "$1"/2*', backups!)).trim().split("\n").length;
  const name = async () => (await asRoot('ls "$1" | head -n 1', backups!)).trim();
  let first: string;

  beforeEach(async () => {
    first = await name();
    await change();
    await must(["docker", "start", service]);
  });

  test("brings schemas, extensions, large objects, owners, rights and files back, from beside what serves", async () => {
    const { code, stderr } = await restore();
    expect([code, stderr]).toEqual([0, ""]);
    expect(await everything()).toEqual(before);
    expect(await since()).toMatch(/^exited/);
    expect(await sql(container, "SELECT count(*) FROM pg_database WHERE datname LIKE 'cdktf%'")).toBe("0");
  });

  test("that is killed before the exchange has changed nothing, and the next backup sweeps what it left", async () => {
    const [there, was] = [await everything(), await since()];
    expect((await restore({}, aside("unready.sh"))).code).not.toBe(0);
    expect(await halves()).toEqual([`cdktf_restoring_${database}`, ".replaced\n.restoring\n"]);
    expect(await script("make-backup.sh", { keep: "9" })).toMatchObject({ code: 0, stderr: "" });
    expect(await halves()).toEqual(["", ""]);
    expect([await everything(), await since()]).toEqual([there, was]);
    await asRoot('rm -rf "$(ls -d "$1"/2* | tail -n 1)"', backups!);
  });

  test("that is killed between database and files stops every plan, and is ended by the same command", async () => {
    const begun = performance.now();
    expect((await restore({}, aside("torn.sh"))).code).not.toBe(0);
    const plan = await script("ready-for-container.sh", {
      ...{ requirements: `whole_restore ${backups} prod`, image: IMAGES.sshd, label: "it=none" },
    });
    const words = `a restore of backup ${first} was cut off between database and files: run \`npm run restore -- prod\` again`;
    expect([plan.code, plan.stderr]).toEqual([1, expect.stringContaining(words)]);
    const { code, stdout } = await restore();
    expect([code, stdout]).toEqual([0, `backup ${first} restored\n`]);
    expect(await everything()).toEqual(before);
    recordFault({
      ...{ cause: "A restore is killed between database and files", command: "plan" },
      ...{ seen: words.replace(first, "…"), seconds: (performance.now() - begun) / 1000 },
      preserved: "what was there before, in a backup; the same command ends the restore",
    });
  });

  test("beside another one waits for it, and both end well", async () => {
    const both = await Promise.all([restore({ backup: first }), restore({ backup: first })]);
    expect(both.map(({ code, stderr }) => [code, stderr.replace(/^waiting.*\n/, "")])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(await everything()).toEqual(before);
  });

  test("makes the data directory anew where it is missing", async () => {
    await asRoot('rm -rf "$1"', data!);
    expect((await restore({ backup: first })).stderr).toBe("");
    expect(await everything()).toEqual(before);
    expect(await asRoot('stat -c "%u:%g %a" "$1"', data!)).toBe("1000:1000 755\n");
  });

  test("keeps nothing of what is there when that shall be discarded", async () => {
    const there = await made();
    expect((await restore({ backup: first, discard: "yes" })).stdout).toBe(`backup ${first} restored\n`);
    expect(await made()).toBe(there);
  });
});
