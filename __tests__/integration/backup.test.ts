import { beforeEach, describe, expect, test } from "vitest";
import { AROUND_REPLACEMENT } from "../../constructs/remote-host/probe.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownPostgresql, sql } from "./containers.js";
import { asRoot, type Input, run, scratch } from "./host.js";

const directory = scratch("backup");
const backups = `${directory}/backups`;
const data = `${directory}/data`;
const manifest = `${directory}/manifest`;
const container = ownPostgresql();
const database = "it_backup";

const input = {
  ...{ manifest, backups, keep: "3", database_container: container, superuser: "postgres" },
  ...{ database, role: "it_backup", data_directory: data, env_file: `${directory}/nocodb.env`, reason: "asked for" },
};
const script = (name: string, more: Input = {}) =>
  run(["common.sh", ...AROUND_REPLACEMENT, name], {
    ...input,
    ...more,
  });
const backup = () => script("make-backup.sh");
const restore = (more: Input = {}) =>
  script("restore-backup.sh", { name: "it_none", backup: "latest", really: "yes", discard: "no", ...more });
const rows = () => sql(container, "SELECT string_agg(email, ' ' ORDER BY email) FROM nc_users_v2", database);
const list = async () => (await script("list-backups.sh")).stdout;

/** What stands beside the records of an image that has served. */
const served = (image: string, id = "sha256:1") =>
  asRoot('mkdir -p "$1" && printf "image=%s\\nid=%s\\nsince=1\\n" "$2" "$3" >"$1/.served"', manifest, image, id);

beforeEach(async () => {
  await asRoot('rm -rf -- "$1"/* "$1/manifest" && mkdir -p "$1/data" && echo one >"$1/data/file"', directory);
  await sql(container, `DROP DATABASE IF EXISTS ${database}`);
  await sql(container, `DO $$ BEGIN CREATE ROLE ${database} LOGIN; EXCEPTION WHEN duplicate_object THEN END $$`);
  await sql(container, `CREATE DATABASE ${database} OWNER ${database}`);
  await sql(
    container,
    "SET ROLE it_backup; CREATE TABLE nc_users_v2 (email text); INSERT INTO nc_users_v2 VALUES ('a')",
    database,
  );
  await served("nocodb/nocodb:1.2.3");
});

describe("a backup", () => {
  test("is named by time and version, readable by root alone, and says what it is", async () => {
    const { code, stdout, stderr } = await backup();
    expect([code, stderr]).toEqual([0, ""]);
    const [, name] = /^backup (\d{4}-\d\d-\d\dT\d{6}Z-1\.2\.3) made: /.exec(stdout)!;
    const modes = await asRoot('cd "$1" && stat -c "%a %U %n" . "$2" "$2"/*', backups, name!);
    expect(modes.split("\n")).toEqual([
      "700 root .",
      `700 root ${name}`,
      ...["about", "data.tar", "database.dump"].map((file) => `600 root ${name}/${file}`),
      "",
    ]);
    expect(await list()).toMatch(new RegExp(`^${name} .* asked for\n$`));
  });

  test("is made, listed and restored where both directories are links to another disk", async () => {
    await asRoot(
      'mkdir -p "$1/disk/backups" && mv "$1/data" "$1/disk/data" && ln -s "$1/disk/backups" "$1/disk/data" "$1"',
      directory,
    );
    await backup();
    await asRoot('rm "$1/file" && touch "$1/later"', data);
    expect(await list()).toContain("asked for");
    expect(await restore()).toMatchObject({ code: 0, stderr: "" });
    expect(await asRoot('cd "$1" && ls -A disk/data && find . -type l | sort', directory)).toBe(
      "file\n./backups\n./data\n",
    );
  });

  test("is made where PostgreSQL warns at every connection", async () => {
    const warn = (version: string) =>
      sql(container, `UPDATE pg_database SET datcollversion = ${version} WHERE datname IN ('postgres', '${database}')`);
    await warn("'1'");
    try {
      expect(await backup()).toMatchObject({ code: 0, stderr: "" });
    } finally {
      await warn("NULL");
    }
  });

  test("takes the place of the oldest beyond those that stay", async () => {
    await asRoot(
      'for each in 1 2 3; do mkdir -p "$1/2020-01-0${each}T000000Z-1" && touch "$1/2020-01-0${each}T000000Z-1/about"; done',
      backups,
    );
    await backup();
    expect((await list()).split("\n").map((line) => line.slice(0, 10))).toEqual([
      new Date().toISOString().slice(0, 10),
      "2020-01-03",
      "2020-01-02",
      "",
    ]);
  });

  test("of a database without NocoDB is none", async () => {
    await sql(container, "DROP TABLE nc_users_v2", database);
    const { code, stderr } = await backup();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`database ${database} in container ${container} holds no NocoDB`),
    ]);
    expect(await list()).toBe(`There is no backup in ${backups}.\n`);
  });

  test("whose directory is none is refused, as is the start of another image", async () => {
    const said = `^backups cannot be kept in ${backups} \\(mkdir: .*File exists\\), so nothing was changed: make it a directory`;
    await asRoot('echo >"$1"', backups);
    const guard = { requirements: "", image: IMAGES.sshd, site: "", text: "" };
    for (const { code, stderr } of [await backup(), await script("prepare-replacement.sh", guard)])
      expect([code, stderr]).toEqual([1, expect.stringMatching(said)]);
  });

  test("that cannot be written leaves nothing behind, and says how much room there is", async () => {
    // Docker gives every container 64 MB there.
    const full = "/dev/shm/it_backup";
    await asRoot(
      'mkdir -p "$1" && dd if=/dev/zero of="$1.full" bs=4k 2>/dev/null || true; truncate -s -8k "$1.full"',
      full,
    );
    try {
      const { code, stderr } = await script("make-backup.sh", { backups: full });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^There is no backup \(.*(No space left on device|Wrote only).* free\), so nothing was changed\.\n$/s,
      );
      expect(await asRoot('ls -A "$1"', full)).toBe("");
    } finally {
      await asRoot('rm -rf "$1" "$1.full"', full);
    }
  });
});

describe("before another image starts", () => {
  const guard = (image: string = IMAGES.sshd) =>
    script("prepare-replacement.sh", { requirements: "", image, site: "", text: "" });
  const ready = (image: string = IMAGES.sshd) =>
    script("ready-for-container.sh", { requirements: "", image, name: "it_none", label: "it=none" });

  test("a backup is made while the old one serves, and not again just after", async () => {
    expect((await guard()).stdout).toMatch(/^backup \S+-1\.2\.3 made, before nocodb-lab\/sshd:2 starts\n$/);
    expect((await ready()).stdout).toMatch(/^backup \S+-1\.2\.3 is from just before\n$/);
  });

  test("a deploy that is begun again while the old one serves makes another, if something was written since", async () => {
    expect((await guard()).stdout).toMatch(/ made, before /);
    expect((await guard()).stdout).toMatch(/ is from just before\n$/);
    await sql(container, "INSERT INTO nc_users_v2 DEFAULT VALUES", database);
    expect((await ready()).stdout).toMatch(/ is from just before\n$/);
    await asRoot('rm -- "$1/.started"', manifest);
    expect((await guard()).stdout).toMatch(/ made, before /);
  });

  test("what is written while the dump is made is not in it, and makes the next deploy make another", async () => {
    await sql(container, "CREATE TABLE a_table ()", database);
    const locker = "BEGIN; LOCK TABLE a_table IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)";
    const locked = sql(container, locker, database).catch(() => undefined);
    const theirs = "query ~ 'pg_sleep' AND pid <> pg_backend_pid()";
    await eventually(20, async () =>
      expect(await sql(container, `SELECT count(*) FROM pg_stat_activity WHERE ${theirs}`)).toBe("1"),
    );
    const dumping = guard();
    const waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'a_table'";
    await eventually(20, async () => expect(await sql(container, waiting)).toBe("1"));
    await sql(container, "INSERT INTO nc_users_v2 VALUES ('late')", database);
    await sql(container, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${theirs}`);
    await locked;
    expect((await dumping).stdout).toMatch(/ made, before /);
    expect((await guard()).stdout).toMatch(/ made, before /);
  });

  test("one is made where there was no guard, or its backup is from longer ago, or of another image", async () => {
    expect((await ready()).stdout).toMatch(/ made, before /);
    await asRoot('sed -i "s/^made=.*/made=1/" "$1"/*/about', backups);
    await new Promise((done) => setTimeout(done, 1000));
    expect((await ready()).stdout).toMatch(/ made, before /);
    await served("nocodb/nocodb:1.2.4");
    expect((await ready()).stdout).toMatch(/-1\.2\.4 made, before /);
  });

  test("none is made for the image that has served, or on a database that no NocoDB has used", async () => {
    const id = await must(["docker", "image", "inspect", "-f", "{{.Id}}", IMAGES.sshd]);
    await served(IMAGES.sshd, id);
    expect((await ready()).stdout).toBe("");
    await served("nocodb/nocodb:1.2.3");
    await sql(container, "DROP TABLE nc_users_v2", database);
    expect((await ready()).stdout).toBe("");
  });

  test("where nobody knows what has served, one is made", async () => {
    await asRoot('rm -- "$1/.served"', manifest);
    expect((await guard()).stdout).toMatch(/-unknown made, before /);
  });

  test("and it cannot be made, the deploy stops there", async () => {
    const { code, stderr } = await script("prepare-replacement.sh", {
      ...{ requirements: "", image: IMAGES.sshd, site: "", text: "", data_directory: `${directory}/none` },
    });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^There is no backup \(.*could not be packed.*so nothing was changed/s),
    ]);
  });

  test.each([
    ["nocodb/nocodb:1.2.2", 1],
    ["nocodb/nocodb:1.2.2-mine", 1],
    ["nocodb/nocodb:1.2.3-mine", 0],
    ["nocodb/nocodb:1.2.3", 0],
    ["nocodb/nocodb:1.10.0", 0],
    ["nocodb/nocodb:mine", 0],
  ])("%s after 1.2.3: exit status %i of the look at what must be true", async (image, status) => {
    const { code, stderr } = await ready2(image);
    expect(code).toBe(status);
    if (status === 1) expect(stderr).toContain("is older than nocodb/nocodb:1.2.3, which has migrated the database");
  });
  const ready2 = (image: string) =>
    script("ready-for-container.sh", {
      ...{
        requirements: `no_downgrade ${image}`,
        image: "nocodb/nocodb:1.2.3",
        name: "it_none",
        label: "it=none",
        backups: "",
      },
    });
});

describe("after an upgrade that failed", () => {
  const ready = (image: string) =>
    script("ready-for-container.sh", { requirements: "", image, name: "it_none", label: "it=none" });

  test("the latest backup is that of the version which served, however often another one was tried; it is never pruned", async () => {
    for (const version of ["2.0.0", "2.0.1", "2.0.2", "2.0.3", "2.0.4"]) {
      await ready(`nocodb/nocodb:${version}`);
      await sql(container, `INSERT INTO nc_users_v2 VALUES ('${version}')`, database);
    }
    expect((await list()).split("\n").map((line) => line.replace(/^\S+ +\S+ +/, ""))).toEqual([
      ...["2.0.4", "2.0.3", "2.0.2", "2.0.0"].map((version) => `before nocodb/nocodb:${version}`),
      "",
    ]);
    expect((await restore()).stdout).toMatch(/^backup \S+-1\.2\.3 restored$/m);
    expect(await rows()).toBe("a");
  });

  test("a backup is again what it was, once a version has served or a backup was restored", async () => {
    await ready("nocodb/nocodb:2.0.0");
    await restore();
    await backup();
    expect((await restore({ really: "no" })).stdout).toMatch(/, asked for\n/);
  });
});

describe("restoring", () => {
  test("shows what would be lost, and changes nothing, unless it is meant", async () => {
    await backup();
    await sql(
      container,
      "INSERT INTO nc_users_v2 VALUES ('b'), ('c'); UPDATE nc_users_v2 SET email = 'z' WHERE email = 'a'",
      database,
    );
    await new Promise((done) => setTimeout(done, 1200));
    const { code, stdout } = await restore({ really: "no" });
    expect(code).toBe(0);
    expect(stdout.split("\n").slice(1)).toEqual([
      "written since, and lost: 2 rows inserted, 1 updated, 0 deleted, NocoDB's own included",
      "image=nocodb/nocodb:1.2.3",
      "admin=",
      "connection_key=unknown",
      "",
    ]);
    expect(await rows()).toBe("b c z");
  });

  test("brings rows, files and owner back, after a backup of what was there", async () => {
    await backup();
    await sql(container, "INSERT INTO nc_users_v2 VALUES ('b')", database);
    await asRoot('echo two >"$1/file" && touch "$1/other"', data);
    await served("nocodb/nocodb:1.3.0");
    await new Promise((done) => setTimeout(done, 1000));
    const { code, stderr } = await restore();
    expect([code, stderr]).toEqual([0, ""]);
    expect(await rows()).toBe("a");
    expect(await sql(container, "SELECT tableowner FROM pg_tables WHERE tablename = 'nc_users_v2'", database)).toBe(
      database,
    );
    expect(await asRoot('cd "$1" && ls && cat file', data)).toBe("file\none\n");
    expect(await asRoot('cat "$1/.served"', manifest)).toMatch(/^image=nocodb\/nocodb:1\.2\.3$/m);
    expect(await list()).toMatch(/^\S+-1\.3\.0 .* before \S+-1\.2\.3 was restored$/m);
  });

  test("of a backup that is damaged, or not there, changes nothing", async () => {
    await backup();
    await asRoot('for each in "$1"/*/database.dump; do echo no >"$each"; done', backups);
    expect((await restore()).stderr).toMatch(
      /database\.dump is not what was written when the backup was made: choose another backup\n$/,
    );
    expect((await restore({ backup: "2020" })).stderr).toMatch(
      /^there is no backup 2020 in .*\. There are: \S+-1\.2\.3\n$/,
    );
    expect(await rows()).toBe("a");
  });
});
