import { beforeEach, describe, expect, test } from "vitest";
import { recordFault } from "../fault.js";
import { ownPostgresql } from "./containers.js";
import { dataService } from "./data-service.js";
import { asRoot, scratch } from "./host.js";

const directory = scratch("copy");
const service = dataService({ name: "copy", postgresql: ownPostgresql(), directory });
const { backups, home } = service;
const secrets = `${home}/copy-secrets`;
const mount = `${directory}/mount`;
const to = (repository: string) => ({ copy_to: repository, copy_days: "30", copy_secrets: secrets });
const target = to(`${mount}/copies`);
const password = "known to this test only";

beforeEach(async () => {
  await service.reset();
  await service.served("nocodb/nocodb:1.2.3");
  await asRoot('rm -rf "$1" && mkdir "$1"', mount);
  await asRoot('mkdir -p "$1" && printf "BACKUP_PASSWORD=%s\\n" "$2" >"$1/values"', secrets, password);
});

const recorded = () => service.recorded("backup-copy");
const names = () => asRoot('ls "$1"', backups);

describe("a copy", () => {
  test("is made after a backup, encrypted, and comes back to a host that has lost everything", async () => {
    const { code, stdout, stderr } = await service.create(target);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`1 copied to ${mount}/copies`);
    expect(await recorded()).toMatch(/^backup-copy=\S+Z \S+-1\.2\.3 passed 1 copied to .*\nrepository=/);
    expect(await service.list()).toMatch(/\nLast copy: \S+ \S+ passed 1 copied/);
    await asRoot('! grep -rqF -e "nc_users_v2" "$1"', mount);
    const [name] = (await names()).split("\n");
    expect((await service.copies("list", target)).stdout).toBe(`${name}\n`);

    await service.reset();
    await service.dropTable();
    await asRoot('mkdir "$1" && printf "BACKUP_PASSWORD=%s\\n" "$2" >"$1/pending"', secrets, password);
    expect(await service.copies("fetch", target)).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(`^backup ${name} fetched: `),
    });
    expect(await asRoot('cd "$1" && stat -c "%a %U" . ./* ./*/*', backups)).toBe(
      `700 root\n700 root\n${"600 root\n".repeat(4)}`,
    );
    expect(await service.restore()).toMatchObject({ code: 0, stderr: "" });
    expect(await service.rows()).toBe("a");
  });

  test("holds what earlier copies lacked, and not what is older than its retention", async () => {
    await service.create();
    await service.create();
    await asRoot('cd "$1" && sed -i "s/^made=.*/made=1000000000/" "$(ls | head -n 1)/metadata"', backups);
    expect((await service.copies("run", target)).stdout).toBe(`1 copied to ${mount}/copies\n`);
    expect((await service.copies("run", target)).stdout).toBe(`0 copied to ${mount}/copies\n`);
  });
});

describe("the backup stays good, and the command fails, if the target", () => {
  test("is not mounted: no second repository is made in its place", async () => {
    await service.create(target);
    await asRoot('mv "$1" "$1.away" && mkdir "$1"', mount);
    const begun = performance.now();
    const { code, stdout, stderr } = await service.create(target);
    const seconds = (performance.now() - begun) / 1000;
    await asRoot('ls -A "$1" | wc -l | grep -qx 0 && rm -r "$1.away"', mount);
    const seen = "The backup on the host is good, but the copy failed:";
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${seen} ${mount}/copies cannot be opened: Fatal`)]);
    expect(stdout).toMatch(/^backup \S+ created/);
    expect((await names()).trim().split("\n")).toHaveLength(2);
    expect(await recorded()).toMatch(/^backup-copy=\S+ \S+ failed .* cannot be opened.*\nrepository=/);
    const cause = "the target of the copies of backups is not mounted";
    recordFault({
      cause,
      command: "npx nocodb-host backup create",
      seen,
      seconds,
      preserved: "the backups on the host",
    });
  });

  test("is full", async () => {
    const full = "/dev/shm/it_copy";
    await asRoot('mkdir -p "$1" && dd if=/dev/zero of="$1/fill" bs=64k 2>/dev/null || true', full);
    try {
      const { code, stderr } = await service.create(to(`${full}/copies`));
      expect([code, stderr]).toEqual([1, expect.stringMatching(/but the copy failed: .*no space left on device/s)]);
      expect(await recorded()).toContain(" failed ");
    } finally {
      await asRoot('rm -rf "$1"', full);
    }
  });

  test("has another password", async () => {
    await service.create(target);
    await asRoot('echo BACKUP_PASSWORD=another >"$1/values"', secrets);
    const { code, stderr } = await service.create(target);
    expect([code, stderr]).toEqual([1, expect.stringContaining("wrong password or no key found")]);
  });
});
