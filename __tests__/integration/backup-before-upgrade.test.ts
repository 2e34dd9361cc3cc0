import { beforeEach, describe, expect, test } from "vitest";
import { releaseKey } from "../../constructs/service-container/image-reference.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownPostgresql, sql } from "./containers.js";
import { dataService } from "./data-service.js";
import { asRoot, run, scratch } from "./host.js";

const directory = scratch("upgrade");
const container = ownPostgresql();
const service = dataService({ name: "upgrade", postgresql: container, directory });
const { backups, database, records } = service;

beforeEach(async () => {
  await service.reset();
  await service.served("nocodb/nocodb:1.2.3");
});

const CREATED = / created before /;
const RECENT = /^backup \S+ is recent enough\n$/;

test("a backup that takes the room of the new container ends the deploy while the old one serves", async () => {
  const disk = "/dev/shm/it_upgrade";
  await asRoot('mkdir -p "$1" && head -c 8M /dev/urandom >"$2/large"', disk, service.data);
  await asRoot('head -c "$(($(df -B 1 --output=avail "$1" | tail -n 1) - 22 * 1048576))" /dev/zero >"$1/fill"', disk);
  try {
    const { code, stderr } = await service.beforeReplace({
      backups: `${disk}/backups`,
      requirements: `room ${disk} 16`,
    });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^The backup is made, but the host is not ready for the new container any more, so the old one was left running:\n- the disk is full: 1\d MiB free in \/dev\/shm\/it_upgrade, at least 16 are needed: make room\n$/,
      ),
    ]);
  } finally {
    await asRoot('rm -rf "$1"', disk);
  }
});

describe("while the service is down", () => {
  const requirements = `postgresql ${container} postgres`;
  const beforeCreate = (patience: string) => service.beforeCreate(IMAGES.sshd, { requirements, patience });

  test("a restart of PostgreSQL is waited for", async () => {
    await must(["docker", "stop", "--time", "1", container]);
    const creating = beforeCreate("60");
    await must(["docker", "start", container]);
    expect((await creating).stdout).toMatch(CREATED);
  });

  test("what stays unmet ends the deploy with the truth: the service is down", async () => {
    await must(["docker", "stop", "--time", "1", container]);
    try {
      const { code, stderr } = await beforeCreate("3");
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(
          /^upgrade is down, and a new container cannot be created yet\. Fix this, and deploy again:\n- container \S+ is exited: start it/,
        ),
      ]);
    } finally {
      await must(["docker", "start", container]);
      await eventually(20, () => sql(container, "SELECT 1"));
    }
  });
});

describe("before another image starts", () => {
  test("a backup is made while the old one serves, and not again just after", async () => {
    expect((await service.beforeReplace()).stdout).toMatch(
      /^backup \S+-1\.2\.3 created before nocodb-lab\/sshd:2 starts\n$/,
    );
    expect((await service.beforeCreate()).stdout).toMatch(RECENT);
  });

  test("a deploy that is repeated while the old one serves makes another backup if something was written", async () => {
    expect((await service.beforeReplace()).stdout).toMatch(CREATED);
    expect((await service.beforeReplace()).stdout).toMatch(RECENT);
    await service.insert("b");
    expect((await service.beforeCreate()).stdout).toMatch(RECENT);
    expect((await service.beforeReplace()).stdout).toMatch(CREATED);
  });

  test("rows written during the dump are not in it, so the next deploy makes another backup", async () => {
    await sql(container, "CREATE TABLE a_table ()", database);
    const locker = "BEGIN; LOCK TABLE a_table IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)";
    const locked = sql(container, locker, database).catch(() => undefined);
    const theirs = "query ~ 'pg_sleep' AND pid <> pg_backend_pid()";
    await eventually(20, async () =>
      expect(await sql(container, `SELECT count(*) FROM pg_stat_activity WHERE ${theirs}`)).toBe("1"),
    );
    const dumping = service.beforeReplace();
    const waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'LOCK TABLE'";
    await eventually(20, async () => expect(await sql(container, waiting)).toBe("1"));
    await service.insert("late");
    await sql(container, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${theirs}`);
    await locked;
    expect((await dumping).stdout).toMatch(CREATED);
    expect((await service.beforeReplace()).stdout).toMatch(CREATED);
  });

  test("a backup is made if there is none, or an old one, or one of another image", async () => {
    expect((await service.beforeCreate()).stdout).toMatch(CREATED);
    await asRoot('sed -i "s/^made=.*/made=1/" "$1"/*/metadata', backups);
    await new Promise((done) => setTimeout(done, 1000));
    expect((await service.beforeCreate()).stdout).toMatch(CREATED);
    await service.served("nocodb/nocodb:1.2.4");
    expect((await service.beforeCreate()).stdout).toMatch(/-1\.2\.4 created before /);
  });

  test("no backup is made for the image that has served, or of a database that was never used", async () => {
    const id = await must(["docker", "image", "inspect", "-f", "{{.Id}}", IMAGES.sshd]);
    await service.served(IMAGES.sshd, id);
    expect((await service.beforeCreate()).stdout).toBe("");
    await service.served("nocodb/nocodb:1.2.3");
    await service.dropTable();
    expect((await service.beforeCreate()).stdout).toBe("");
  });

  test("a backup is made if the image that has served is unknown", async () => {
    await asRoot('rm -- "$1/.served-upgrade"', records);
    expect((await service.beforeReplace()).stdout).toMatch(/-unknown created before /);
  });

  test("a backup that fails stops the deploy", async () => {
    const { code, stderr } = await service.beforeReplace({ data_directory: `${directory}/none` });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^The backup failed \(.*could not be packed.*so nothing was changed/s),
    ]);
  });
});

describe("an image is refused if it is older than the one that has served:", () => {
  const RESTORE = "npx nocodb-host backup restore prod";

  test.each([
    ["1.2.3", "1.2.2", true],
    ["1.2.3", "1.2.2-mine", true],
    ["1.2.3", "1.2.3-mine", false],
    ["1.2.3", "1.2.3", false],
    ["1.2.3", "v1.2.3", false],
    ["1.2.3", "1.10.0", false],
    ["1.2.3", "mine", false],
    ["mine", "1.2.2", false],
    ["2026.09.0", "2026.09.0-rc1", true],
    ["2026.09.0-rc1", "2026.09.0", false],
    ["2026.09.0-rc2", "2026.09.0-rc10", false],
    ["2026.09.0-rc10", "2026.09.0-rc2", true],
    ["2026.09.0-rc1", "2026.09.0-beta.3", true],
    ["2026.09.0-rc1", "2026.08.2", true],
    ["2026.08.2", "2026.09.0-rc1", false],
    ["2026.08", "2026.08.0", false],
  ])("after %s, %s: %s", async (former, tag, refused) => {
    const image = `nocodb/nocodb:${tag}`;
    await service.served(`nocodb/nocodb:${former}`);
    const requirements = `no_downgrade upgrade ${releaseKey(image) || "-"} ${image} ${RESTORE}`;
    const { code, stderr } = await run("remote-host/probe", { records, requirements });
    expect(code).toBe(refused ? 1 : 0);
    if (!refused) return;
    expect(stderr).toContain(
      `- image ${image} is older than nocodb/nocodb:${former}, which has migrated the database: restore a backup, which also sets the image (${RESTORE}), or`,
    );
  });
});

describe("after an upgrade that failed", () => {
  test("the latest backup is that of the version that served, however often another one was tried; it is never pruned", async () => {
    for (const version of ["2.0.0", "2.0.1", "2.0.2", "2.0.3", "2.0.4"]) {
      const image = `nocodb/nocodb:${version}`;
      await service.beforeCreate(image);
      await service.started(image);
      await service.insert(version);
    }
    expect((await service.list()).split("\n").map((line) => line.replace(/^\S+ +\S+ +/, ""))).toEqual([
      ...["2.0.4", "2.0.3", "2.0.2", "2.0.0"].map((version) => `before nocodb/nocodb:${version}`),
      "",
    ]);
    expect((await service.restore()).stdout).toMatch(/^backup \S+-1\.2\.3 restored$/m);
    expect(await service.rows()).toBe("a");
  });

  test("a new backup counts again once a version has served or a backup was restored", async () => {
    await service.beforeCreate("nocodb/nocodb:2.0.0");
    await service.started("nocodb/nocodb:2.0.0");
    await service.restore();
    await service.create();
    expect((await service.restore({ confirmed: "no" })).stdout).toMatch(/, on request\n/);
  });
});
