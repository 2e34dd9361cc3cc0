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
  writeFileSync(path.join(there.folder, "about"), `reason=by schedule\ndatabase.dump=${sum}\n`, { mode: 0o644 });
  writeFileSync(path.join(there.folder, "database.dump"), "the dump");
  writeFileSync(path.join(there.folder, "data.tar"), "files");
});

describe("a copy of a backup", () => {
  test("is taken whole, for its owner alone", async () => {
    const copy = await takeCopy(here, name, await there.sums(), sent);
    expect(await copy.sums()).toEqual(await there.sums());
    const modes = ["", "about", "database.dump", "data.tar"].map(
      (file) => statSync(path.join(copy.folder, file)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
    expect(readdirSync(here)).toEqual([name]);
    expect(await copy.trouble()).toBeUndefined();
  });

  test.each([
    [
      "what comes is not what was told",
      ["sh", "-c", `tar -C "$1" -cf - "$2"`, "send", path.join(folder, "host"), name],
    ],
    [
      "the connection breaks half way",
      ["sh", "-c", `tar -C "$1" -cf - "$2" | head -c 1500; exit 255`, "send", path.join(folder, "host"), name],
    ],
  ])("is none when %s: nothing is left of it", async (_, argv) => {
    const sums = { ...(await there.sums()), "data.tar": "5 of something else" };
    await expect(takeCopy(here, name, sums, { argv })).rejects.toThrow(
      /did not arrive as it is on the host|ended with status/,
    );
    expect(readdirSync(here)).toEqual([]);
  });

  test.each([
    ["is incomplete", () => rmSync(path.join(there.folder, "data.tar")), /is no backup: .*data\.tar/],
    [
      "was damaged",
      () => writeFileSync(path.join(there.folder, "database.dump"), "no dump"),
      /database\.dump is not what was written/,
    ],
  ])("that %s says so", async (_, damage, words) => {
    damage();
    expect(await there.trouble()).toMatch(words);
  });

  test("that was renamed says so: the name is the time", async () => {
    expect(await new BackupCopy(path.join(folder, "my backup")).trouble()).toContain(
      "does not have the name of a backup",
    );
  });
});
