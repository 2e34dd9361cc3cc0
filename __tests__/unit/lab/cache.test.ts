import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cacheDirectory, cachedPart, contentKey, mountsBelow, sweepWorkFolders } from "../../../lab/cache.js";
import { imageKey } from "../../../lab/parts.js";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "lab-cache-"));
  vi.stubEnv("XDG_CACHE_HOME", home);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

test("a key depends on names and contents, not on their order", () => {
  expect(contentKey({ a: "1", b: "2" })).toBe(contentKey({ b: "2", a: "1" }));
  expect(contentKey({ a: "1" })).not.toBe(contentKey({ b: "1" }));
  expect(contentKey({ a: "12", b: "" })).not.toBe(contentKey({ a: "1", b: "2" }));
});

test("an image's key changes with its parts outside its folder", async () => {
  expect(await imageKey("caddy", ["2.11.9"])).toBe(await imageKey("caddy", ["2.11.9"]));
  expect(await imageKey("caddy", ["2.11.9"])).not.toBe(await imageKey("caddy", ["2.11.10"]));
});

test("the cache lies in the user's cache folder, outside the clone", () => {
  expect(cacheDirectory()).toBe(join(home, "nocodb-lab"));
});

test("a part is made once", async () => {
  const make = vi.fn(async (work: string) => {
    await writeFile(join(work, "out"), "content");
    return join(work, "out");
  });
  const first = await cachedPart("part-1", make);
  expect(await cachedPart("part-1", make)).toBe(first);
  expect(make).toHaveBeenCalledOnce();
});

test("a part that could not be made leaves no files", async () => {
  const failing = cachedPart("part-1", async (work) => {
    await writeFile(join(work, "out"), "half");
    throw new Error("interrupted");
  });
  await expect(failing).rejects.toThrow("interrupted");
  expect(await readdir(join(cacheDirectory(), "parts"))).toEqual([]);
  expect(await readdir(join(cacheDirectory(), "work"))).toEqual([]);
});

test.runIf(process.platform === "linux")(
  "work folders of processes that have ended are removed, those of running ones stay",
  async () => {
    await cachedPart("part-1", async (work) => {
      const gone = join(work, "..", "999999999-abc");
      await writeFile(join(work, "out"), "content");
      await mkdir(join(gone, "root"), { recursive: true });
      await sweepWorkFolders();
      await expect(stat(gone)).rejects.toThrow("ENOENT");
      return join(work, "out");
    });
  },
);

test("mounts below a folder are found, the innermost first", () => {
  const mounts = "proc /w/1/root/proc proc rw 0 0\nx /w/1/root/proc/sys/x x rw 0 0\nproc /w/10/root/proc proc rw 0 0\n";
  expect(mountsBelow("/w/1", mounts)).toEqual(["/w/1/root/proc/sys/x", "/w/1/root/proc"]);
});
