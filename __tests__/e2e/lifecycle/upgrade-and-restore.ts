import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { must, type Outcome } from "../../../lab/command.js";
import type { Ended } from "../../../lab/deployment.js";
import { recordFault } from "../../fault.js";
import type { Inspected } from "../host.js";
import {
  deployment,
  expectEmptyPlan,
  failingDeploy,
  health,
  host,
  image,
  learnSecrets,
  neighbours,
  secrets,
  signInAsAdmin,
} from "../lifecycle.js";

/** A later version whose migrations fail, and one that is older than the one that serves. */
const broken = `${image}-broken`;
const older = image.replace(/:.*/, ":0.300.0");
const backups = `${host.instance.baseDirectory}/backups/nocodb`;
const listed = async () => (await deployment.nocodbHost("backup list")).stdout.trim().split("\n");
const newestFirst = async () => (await listed()).map((line) => line.split(" ")[0]!);
const note = (text: string) => host.sql(`INSERT INTO notes VALUES ('${text}')`, "nocodb");
const notes = () => host.sql("SELECT string_agg(text, ' ' ORDER BY text) FROM notes", "nocodb");

describe("an upgrade, and the restore after it fails", () => {
  let before: Inspected;
  /** The image that serves. */
  let serving: string;

  beforeAll(async () => {
    serving = /^image: (\S+)/m.exec(await deployment.environmentText())![1]!;
    const print = "printf 'migration 0099 failed: '; sed -n s/^DATABASE_PASSWORD=//p /run/nocodb/values";
    // It loads, and fails when it gets to its database.
    const connects = "node -e 'require(`net`).connect(9, `127.0.0.1`).on(`error`, () => {})'";
    const dockerfile = `FROM ${image}\nENTRYPOINT ["sh", "-c", "${connects}; { ${print}; } >&2; exit 4"]\n`;
    await must(["docker", "build", "--quiet", "--tag", broken, "-"], { input: dockerfile });
    await must(["docker", "tag", image, older]);
    await host.sql("CREATE TABLE notes (text text); ALTER TABLE notes OWNER TO nocodb", "nocodb");
    await note("before");
    before = (await host.container())!;
  });

  afterAll(() => must(["docker", "rmi", "--force", broken, older]));

  async function expectRefused(cause: string, words: string): Promise<void> {
    await deployment.set({ image: broken });
    const ended = await failingDeploy();
    expect(ended.line).toContain(words);
    expect(await host.container()).toMatchObject({ Id: before.Id, State: { StartedAt: before.State.StartedAt } });
    expect(await health()).toBe(200);
    expect(await notes()).toBe("before");
    recordFault({
      ...{ cause, command: "deploy", seen: words, seconds: ended.seconds },
      preserved: "the old container serves, the same one; rows",
    });
  }

  describe("without the backup that must come first", () => {
    afterAll(() => deployment.set({ image: serving, "backups.directory": undefined }));

    it("is refused if the disk for backups is full", async () => {
      const full = "/dev/shm/backups";
      await host.sh('mkdir -p "$1" && { dd if=/dev/zero of="$1.full" bs=64k 2>/dev/null || true; }', full);
      try {
        await deployment.set({ "backups.directory": full });
        await expectRefused("the disk for backups is full when the image changes", "The backup failed (pg_dump of");
        expect(await host.sh('ls -A "$1"', full)).toBe("");
      } finally {
        await host.sh('rm -rf "$1" "$1.full"', full);
        await deployment.set({ "backups.directory": undefined });
      }
    });

    it("is refused if the database cannot be dumped", async () => {
      await host.sql("CREATE TABLE torn AS SELECT 1 AS id; CHECKPOINT", "nocodb");
      const file = await host.sql("SELECT pg_relation_filepath('torn')", "nocodb");
      await must(["docker", "exec", host.instance.containers.postgresql, "sh", "-c", `rm "$PGDATA/${file.trim()}"`]);
      try {
        await expectRefused("the database cannot be dumped when the image changes", "The backup failed (pg_dump of");
      } finally {
        await host.sql("DROP TABLE torn", "nocodb");
      }
    });
  });

  it("to an older version is refused in the plan", async () => {
    await deployment.set({ image: older });
    const ended = await failingDeploy();
    const words = `image ${older} is older than ${serving}, which has migrated the database`;
    await deployment.set({ image: serving });
    expect(ended.line).toContain(words);
    expect((await host.container())?.Id).toBe(before.Id);
    recordFault({
      ...{ cause: "the image is older than the one that served last", command: "plan", seen: words },
      ...{ seconds: ended.seconds, preserved: "the old container serves, the same one" },
    });
  });

  describe("to a version that does not start", () => {
    let ended: Ended;
    let backup: string;
    let restored: Outcome;

    beforeAll(async () => {
      await deployment.set({ image: broken });
      ended = await failingDeploy();
      backup = (await newestFirst())[0]!;
    });

    it("fails the deploy with the container's last lines, masked secrets, and the command that restores the old version", () => {
      expect(ended.line).toContain("migration 0099 failed: ********");
      expect(ended.line).toContain("exit code 4");
      const words = `To return to ${serving}, with the backup from before: npx nocodb-host backup restore ${deployment.name}`;
      expect(ended.line).toContain(words);
      expect(secrets.foundIn(ended.said)).toEqual([]);
      recordFault({
        ...{ cause: "a new version does not start", command: "deploy", seen: words, seconds: ended.seconds },
        preserved: "database and data, in a backup from before",
      });
    });

    it("leaves a backup of the former version, readable only by root", async () => {
      expect(backup).toMatch(/^\d{4}-\d\d-\d\dT\d{6}Z-/);
      const modes = await host.sh('cd "$1" && stat -c "%a %U" . "$2" "$2"/*', backups, backup);
      expect(modes).toBe("700 root\n700 root\n600 root\n600 root\n600 root\n600 root");
    });

    it("is restored by that command: version, rows, users, data; the environment file keeps its comments", async () => {
      const comments = (await deployment.environmentText()).split("\n").filter((line) => /^\s*#/.test(line));
      await note("later");
      await host.sh('echo later >"$1/later"', host.dataDirectory);
      restored = await deployment.nocodbHost("backup restore", "--yes");
      await learnSecrets();
      expect(restored.code, restored.stdout + restored.stderr).toBe(0);
      expect(restored.stdout).toContain(`backup ${backup},`);
      expect(restored.stdout).toMatch(/rows written since, which would be lost: [1-9]\d* inserted/);
      const text = await deployment.environmentText();
      expect(text).toContain(`\nimage: ${serving}`);
      expect(text.split("\n").filter((line) => /^\s*#/.test(line))).toEqual(comments);
      expect(await notes()).toBe("before");
      expect(await host.sh('ls "$1"', host.dataDirectory)).not.toContain("later");
      expect(await signInAsAdmin()).toBe(200);
      expect(secrets.foundIn(restored.stdout + restored.stderr)).toEqual([]);
    });

    it("is followed by an empty plan", async () => {
      await expectEmptyPlan();
    });

    it("makes one more backup, of the data that the restore replaced", async () => {
      expect((await listed())[0]).toContain(`before ${backup} was restored`);
    });
  });

  it("does not change the other site or the rest of the Caddyfile", () => {
    expect(neighbours.troubles).toEqual([]);
  });
});
