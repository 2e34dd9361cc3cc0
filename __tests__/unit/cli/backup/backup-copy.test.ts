import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { BackupCopy, takeCopy } from "../../../../cli/backup/backup-copy.js";

const folder = mkdtempSync(path.join(tmpdir(), "copy-"));
afterAll(() => rmSync(folder, { recursive: true }));
const name = "2026-11-24T030000Z-2026.09.0";
const there = new BackupCopy(path.join(folder, "host", name));
const here = path.join(folder, "here");
const sent = { argv: ["tar", "-C", path.join(folder, "host"), "-cf", "-", name] };

beforeEach(() => {
  rmSync(here, { recursive: true, force: true });
  mkdirSync(here);
  mkdirSync(there.folder, { recursive: true });
  const sum = createHash("sha256").update("the dump").digest("hex");
  writeFileSync(path.join(there.folder, "metadata"), `reason=by schedule\ndatabase.dump=${sum}\n`, { mode: 0o644 });
  writeFileSync(path.join(there.folder, "database.dump"), "the dump");
  writeFileSync(path.join(there.folder, "data.tar"), "files");
  writeFileSync(path.join(there.folder, "secrets"), "KEY=s3same\n", { mode: 0o644 });
});

describe("a copy of a backup", () => {
  test("arrives whole, for its owner alone", async () => {
    const copy = await takeCopy(here, name, await there.sums(), sent);
    expect(await copy.sums()).toEqual(await there.sums());
    const modes = ["", "metadata", "database.dump", "data.tar", "secrets"].map(
      (file) => statSync(path.join(copy.folder, file)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600, 0o600]);
    expect(readdirSync(here)).toEqual([name]);
    await expect(copy.verify()).resolves.toBeUndefined();
  });

  const pack = (shell: string) => ["sh", "-c", shell, "send", path.join(folder, "host"), name];

  test.each([
    [
      "other bytes arrive than the host described",
      pack('tar -C "$1" -cf - "$2"'),
      "data.tar did not arrive as it is on the host: pull it again; nothing of it was kept",
    ],
    [
      "the connection breaks half way",
      pack('tar -C "$1" -cf - "$2" | head -c 1500; exit 255'),
      /^The backup did not arrive \((tar|sh) ended with exit code \d+\): try again$/,
    ],
  ])("is not kept in part when %s", async (_, argv, message) => {
    const sums = { ...(await there.sums()), "data.tar": "5 of something else" };
    await expect(takeCopy(here, name, sums, { argv })).rejects.toThrow(message);
    expect(readdirSync(here)).toEqual([]);
  });

  test.each([
    [
      "is incomplete",
      () => rmSync(path.join(there.folder, "data.tar")),
      /is not a complete backup \(ENOENT.*data\.tar'\): pull it again$/,
    ],
    [
      "was damaged",
      () => writeFileSync(path.join(there.folder, "database.dump"), "no dump"),
      /database\.dump was changed after the backup was made: pull it again$/,
    ],
  ])("that %s is refused", async (_, damage, message) => {
    damage();
    await expect(there.verify()).rejects.toThrow(message);
  });

  test("that was renamed is refused: the name is the time", async () => {
    await expect(new BackupCopy(path.join(folder, "my backup")).verify()).rejects.toThrow(
      "my backup does not have the name of a backup, <time>-<version>: restore its name",
    );
  });
});
