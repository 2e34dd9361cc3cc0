import { beforeEach, describe, expect, test } from "vitest";
import { ownPostgresql, sql } from "./containers.js";
import { dataService } from "./data-service.js";
import { asRoot, scratch } from "./host.js";

const directory = scratch("backup");
const container = ownPostgresql();
const service = dataService({ name: "backup", postgresql: container, directory });
const { backups, data, database } = service;

beforeEach(async () => {
  await service.reset();
  await service.served("nocodb/nocodb:1.2.3");
});

const pause = () => new Promise((done) => setTimeout(done, 1200));

describe("a backup", () => {
  test("is named by time and version, and only root can read it", async () => {
    const { code, stdout, stderr } = await service.create();
    expect([code, stderr]).toEqual([0, ""]);
    const [, name] = /^backup (\d{4}-\d\d-\d\dT\d{6}Z-1\.2\.3) created: /.exec(stdout)!;
    const modes = await asRoot('cd "$1" && stat -c "%a %U %n" . "$2" "$2"/*', backups, name!);
    expect(modes.split("\n")).toEqual([
      "700 root .",
      `700 root ${name}`,
      ...["data.tar", "database.dump", "metadata", "secrets"].map((file) => `600 root ${name}/${file}`),
      "",
    ]);
    expect(await service.list()).toMatch(new RegExp(`^${name} .* on request\n$`));
  });

  test("describes itself: its service, what has served, and the sums of its files", async () => {
    await service.create();
    expect(await asRoot('cat "$1"/*/metadata', backups)).toMatch(
      new RegExp(
        "^reason=on request\nimage=nocodb/nocodb:1\\.2\\.3\nnext=\nmade=\\d+\n" +
          `database=${database}\nrole=${database}\nactivity=\\d+ \\d+ \\d+\ntouched=\n` +
          "service=backup\nkind=nocodb\nrelease=[0-9.]+\nversion=1\\.2\\.3\nadmin=\nsize=\\d+\nrows=1 public\\.nc_users_v2\n" +
          "database\\.dump=[0-9a-f]{64}\ndata\\.tar=[0-9a-f]{64}\nsecrets=[0-9a-f]{64}\n$",
      ),
    );
  });

  test("holds the secrets without which its data cannot be read, and no other", async () => {
    await service.useSecrets({
      DATABASE_PASSWORD: "sesame",
      NC_CONNECTION_ENCRYPT_KEY: "the key",
      NC_ADMIN_PASSWORD: "x",
    });
    const { stdout, stderr } = await service.create();
    expect(await asRoot('cat "$1"/*/secrets', backups)).toBe("NC_CONNECTION_ENCRYPT_KEY=the key\n");
    expect(stdout + stderr + (await asRoot('cat "$1"/*/metadata', backups))).not.toContain("the key");
  });

  test("holds none if the service has none", async () => {
    await service.create();
    expect(await asRoot('cat "$1"/*/secrets', backups)).toBe("");
  });

  test("is made, listed and restored if both directories are links to another disk", async () => {
    await asRoot(
      'mkdir -p "$1/disk/backups" && mv "$1/data" "$1/disk/data" && ln -s "$1/disk/backups" "$1/disk/data" "$1"',
      service.home,
    );
    await service.create();
    await asRoot('rm "$1/file" && touch "$1/later"', data);
    expect(await service.list()).toContain("on request");
    expect(await service.restore()).toMatchObject({ code: 0, stderr: "" });
    expect(await asRoot('cd "$1" && ls -A disk/data && find . -type l | sort', service.home)).toBe(
      "file\n./backups\n./data\n",
    );
  });

  test("is made even if PostgreSQL warns at every connection", async () => {
    const warn = (version: string) =>
      sql(container, `UPDATE pg_database SET datcollversion = ${version} WHERE datname IN ('postgres', '${database}')`);
    await warn("'1'");
    try {
      expect(await service.create()).toMatchObject({ code: 0, stderr: "" });
    } finally {
      await warn("NULL");
    }
  });

  test("replaces the oldest beyond those that stay", async () => {
    await asRoot(
      'for each in 1 2 3; do mkdir -p "$1/2020-01-0${each}T000000Z-1" && touch "$1/2020-01-0${each}T000000Z-1/metadata"; done',
      backups,
    );
    await service.create();
    expect((await service.list()).split("\n").map((line) => line.slice(0, 10))).toEqual([
      new Date().toISOString().slice(0, 10),
      "2020-01-03",
      "2020-01-02",
      "",
    ]);
  });

  test("is refused for a database without data", async () => {
    await service.dropTable();
    const { code, stderr } = await service.create();
    expect([code, stderr]).toEqual([1, `database ${database} in container ${container} holds no data: deploy first\n`]);
    expect(await service.list()).toBe(`There is no backup in ${backups}.\n`);
  });

  test("is refused if its directory is a file, and so is another image", async () => {
    const reason = `^backups cannot be kept in ${backups} \\(mkdir: .*File exists\\), so nothing was changed: make it a directory`;
    await asRoot('echo >"$1"', backups);
    for (const { code, stderr } of [await service.create(), await service.beforeReplace()])
      expect([code, stderr]).toEqual([1, expect.stringMatching(reason)]);
  });

  test("that cannot be written leaves nothing behind, and the message shows the free space", async () => {
    // Docker gives every container 64 MB there.
    const full = "/dev/shm/it_backup";
    await asRoot(
      'mkdir -p "$1" && dd if=/dev/zero of="$1.full" bs=4k 2>/dev/null || true; truncate -s -8k "$1.full"',
      full,
    );
    try {
      const { code, stderr } = await service.create({ backups: full });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^The backup failed \(.*(No space left on device|Wrote only).* free\), so nothing was changed\.\n$/s,
      );
      expect(await asRoot('ls -A "$1"', full)).toBe("");
    } finally {
      await asRoot('rm -rf "$1" "$1.full"', full);
    }
  });
});

describe("a restore", () => {
  test("only shows what would be lost, unless it is confirmed", async () => {
    await service.create();
    await service.insert("b", "c");
    await sql(container, "UPDATE nc_users_v2 SET email = 'z' WHERE email = 'a'", database);
    await pause();
    const { code, stdout } = await service.restore({ confirmed: "no" });
    const [backup, losses, ...metadata] = stdout.split("\n");
    expect([code, backup]).toEqual([0, expect.stringMatching(/^backup \S+-1\.2\.3, made .* UTC, on request$/)]);
    expect(losses).toBe(
      "rows written since, which would be lost: 2 inserted, 1 updated, 0 deleted, including the service's own",
    );
    expect(metadata.join("\n")).toBe(await asRoot('cat "$1"/*/metadata', backups));
    expect(await service.rows()).toBe("b c z");
  });

  test("brings rows, files and owner back, after a backup of the former data", async () => {
    await service.create();
    await service.insert("b");
    await asRoot('echo two >"$1/file" && touch "$1/other"', data);
    await service.served("nocodb/nocodb:1.3.0");
    await pause();
    const { code, stderr } = await service.restore();
    expect([code, stderr]).toEqual([0, ""]);
    expect(await service.rows()).toBe("a");
    const owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'nc_users_v2'";
    expect(await sql(container, owner, database)).toBe(database);
    expect(await asRoot('cd "$1" && ls && cat file', data)).toBe("file\none\n");
    expect(await service.recorded("served")).toMatch(
      /^image=nocodb\/nocodb:1\.2\.3\nid=unknown\nrelease=[0-9.]+\nversion=1\.2\.3\nsince=\d+\n$/,
    );
    expect(await service.list()).toMatch(/^\S+-1\.3\.0 .* before \S+-1\.2\.3 was restored$/m);
  });

  test("of a damaged or unknown backup changes nothing", async () => {
    await service.create();
    await asRoot('for each in "$1"/*/database.dump; do echo no >"$each"; done', backups);
    expect((await service.restore()).stderr).toMatch(
      /database\.dump was changed after the backup was made: choose another backup\n$/,
    );
    expect((await service.restore({ backup: "2020" })).stderr).toMatch(
      /^there is no backup 2020 in .*\. Existing backups: \S+-1\.2\.3\n$/,
    );
    expect(await service.rows()).toBe("a");
  });
});

describe("a restore of a backup with another key", () => {
  const KEY = "NC_CONNECTION_ENCRYPT_KEY";
  const { secrets, records } = service;
  const values = { DATABASE_PASSWORD: "sesame", [KEY]: "the former key" };
  const read = (file: string) => asRoot('cat "$1/$2"', secrets, file);
  const recorded = (name: string) => `secret=${name} 1700000000 salt fingerprint\n`;
  const head = `status=new\nkind=secrets\ndirectory=${secrets}\nowner=0:0\n`;

  beforeEach(async () => {
    await service.useSecrets(values);
    await service.create();
  });

  test("puts that key into use, and nothing is on record or pending for it any more", async () => {
    await service.useSecrets({ ...values, DATABASE_PASSWORD: "rotated", [KEY]: "another key" });
    await asRoot(
      'printf %s "$3" >"$1/pending"; printf %s "$4" >"$2/it"',
      ...[secrets, records, `${KEY}=a third key\nNC_ADMIN_PASSWORD=pending\n`],
      head + recorded("DATABASE_PASSWORD") + recorded(KEY),
    );
    expect(await service.restore()).toMatchObject({ code: 0, stderr: "" });
    expect(await read("values")).toBe(`DATABASE_PASSWORD=rotated\n${KEY}=the former key\n`);
    expect(await read("pending")).toBe("NC_ADMIN_PASSWORD=pending\n");
    expect(await asRoot('cat "$1/it"', records)).toBe(head + recorded("DATABASE_PASSWORD"));
    expect(await asRoot('ls -A "$1"; stat -c %a "$1/values"', secrets)).toBe("pending\nvalues\n600\n");
  });

  test("changes no secret if it is the same key", async () => {
    await asRoot('printf %s "$2" >"$1/it"', records, head + recorded(KEY));
    const before = await asRoot('stat -c "%i %y" "$1/values"', secrets);
    expect(await service.restore()).toMatchObject({ code: 0, stderr: "" });
    expect(await asRoot('stat -c "%i %y" "$1/values"', secrets)).toBe(before);
    expect(await asRoot('cat "$1/it"', records)).toBe(head + recorded(KEY));
  });

  test("on a host without secrets leaves only the key, for root alone", async () => {
    await asRoot('rm -r "$1"', secrets);
    expect(await service.restore()).toMatchObject({ code: 0, stderr: "" });
    expect(await read("values")).toBe(`${KEY}=the former key\n`);
    expect(await asRoot('stat -c "%a %U" "$1" "$1/values"', secrets)).toBe("700 root\n600 root\n");
  });

  test("that has no key leaves the service without one", async () => {
    await asRoot('rm -r "$1"', secrets);
    await pause();
    await service.create();
    await service.useSecrets(values);
    expect(await service.restore()).toMatchObject({ code: 0, stderr: "" });
    expect(await read("values")).toBe("DATABASE_PASSWORD=sesame\n");
  });

  test("whose file of secrets was edited is refused, and no secret changes", async () => {
    await asRoot('echo "$2=edited" >"$(ls -d "$1"/2*)/secrets"', backups, KEY);
    expect((await service.restore()).stderr).toMatch(
      /\/secrets was changed after the backup was made: choose another backup\n$/,
    );
    expect(await read("values")).toBe(`DATABASE_PASSWORD=sesame\n${KEY}=the former key\n`);
  });
});
