import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { releaseKey } from "../../constructs/service-container/image-reference.js";
import { IMAGES } from "../../lab/images.js";
import { ANSWERS, ownName, ownPostgresql, remove, start } from "./containers.js";
import { dataService } from "./data-service.js";
import { asRoot, run, scratch } from "./host.js";

// Two services of one stack: their records are in the same directory.
const directory = scratch("two_services");
const postgresql = ownPostgresql();
const nocodb = dataService({ name: "nocodb", postgresql, directory });
const notes = dataService({ name: "notes", kind: "generic", postgresql, directory });
const { records } = nocodb;
const RESTORE = "npx nocodb-host backup restore prod";

beforeEach(async () => {
  await nocodb.reset();
  await notes.reset();
  await nocodb.served("nocodb/nocodb:2026.09.0");
  await notes.served("notes:1.0.0");
});

/** Files of the host that belong to NocoDB, to the byte. */
const ofNocodb = () => asRoot('find "$1" "$2"/.*-nocodb -type f -exec sha256sum {} + | sort', nocodb.home, records);
const probe = (requirements: string) => run("remote-host/probe", { records, requirements });

describe("a backup of one service", () => {
  test("is refused by a restore of the other, wherever it is, and nothing changes", async () => {
    await nocodb.create();
    await asRoot('mkdir -p "$2" && cp -a "$1"/2* "$2"', nocodb.backups, notes.backups);
    const before = await ofNocodb();
    const refused = /\/\S+-2026\.09\.0 is a backup of service nocodb, not of notes: choose another backup\n$/;
    for (const more of [{}, { confirmed: "no" }, { backups: nocodb.backups }, { role: nocodb.database }]) {
      const { code, stdout, stderr } = await notes.restore(more);
      expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(refused)]);
    }
    expect([await notes.rows(), await notes.recorded("served")]).toEqual([
      "a",
      expect.stringMatching(/^image=notes:1/),
    ]);
    expect(await ofNocodb()).toBe(before);
  });

  test("names the image of that service, and its restore changes no record of the other", async () => {
    await nocodb.create();
    await notes.create();
    await notes.insert("b");
    await notes.served("notes:1.1.0");
    const before = await ofNocodb();
    expect(await notes.restore({ discard: "yes" })).toMatchObject({ code: 0, stderr: "" });
    expect([await notes.rows(), await nocodb.rows()]).toEqual(["a", "a"]);
    expect(await notes.recorded("served")).toMatch(/^image=notes:1\.0\.0\n.*version=1\.0\.0\n/s);
    expect(await ofNocodb()).toBe(before);
  });
});

describe("records of the images", () => {
  test("are kept apart: an image that was started for one service counts only for that one", async () => {
    const image = "notes:1.1.0";
    await notes.started(image);
    expect([await notes.recorded("started"), await nocodb.recorded("started")]).toEqual([`${image}\n`, ""]);
    await nocodb.create();
    expect(await asRoot('cat "$1"/*/metadata', nocodb.backups)).toMatch(/^touched=$/m);
  });

  test("are kept apart: an older image of one service is allowed after a newer one of the other", async () => {
    const required = (name: string, image: string) => `no_downgrade ${name} ${releaseKey(image)} ${image} ${RESTORE}`;
    expect(await probe(required("notes", "notes:1.0.1"))).toMatchObject({ code: 0, stderr: "" });
    const { code, stderr } = await probe(required("notes", "notes:0.9"));
    expect([code, stderr]).toEqual([1, expect.stringContaining("image notes:0.9 is older than notes:1.0.0")]);
  });

  test("are kept apart: a service that answers records its own image", async () => {
    const name = ownName(`notes_${randomUUID().slice(0, 8)}`);
    afterAll(() => remove(name));
    await start(name, IMAGES.nocodb, ["--network", "none", "--add-host", "it:127.0.0.1"], ["sh", "-c", ANSWERS]);
    const before = await nocodb.recorded("served");
    const wait = await run("service-container/wait-healthy", {
      ...{ records, service: "notes", name, url: "http://it:8080/", secrets: notes.secrets, timeout: "60" },
      ...{ image: "notes:1.1.0", release: releaseKey("notes:1.1.0"), version: "1.1.0", grace_period: "1" },
      ...{ key: "notes", status: "new", container_key: "notes-shape", container_status: "new" },
    });
    expect(wait).toMatchObject({ code: 0, stderr: "" });
    expect(await notes.recorded("served")).toMatch(/^image=notes:1\.1\.0\n/);
    expect(await nocodb.recorded("served")).toBe(before);
  });
});

describe("a service of the generic kind, with tables of its own and no NocoDB,", () => {
  test("has backups with a metadata that names no NocoDB, and restores them", async () => {
    expect(await notes.create()).toMatchObject({ code: 0, stderr: "" });
    const metadata = await asRoot('cat "$1"/*/metadata', notes.backups);
    expect(metadata).toContain("service=notes\nkind=generic\n");
    expect(metadata).not.toMatch(/^admin=/m);
    await notes.insert("b");
    await asRoot('echo two >"$1/file"', notes.data);
    expect(await notes.restore()).toMatchObject({ code: 0, stderr: "" });
    expect(await notes.rows()).toBe("a");
    expect(await asRoot('cat "$1/file"', notes.data)).toBe("one\n");
  });

  test("gets a backup before another image starts", async () => {
    expect((await notes.beforeReplace()).stdout).toMatch(/^backup \S+-1\.0\.0 created before nocodb-lab\/sshd:2 /);
  });

  test("is reported as lost if its tables are gone, and NocoDB beside it is not", async () => {
    const kept = (name: string, kind: string) =>
      probe(`kept_database ${name} ${kind} ${postgresql} postgres ${`it_${name}`} ${RESTORE}`);
    expect(await kept("notes", "generic")).toMatchObject({ code: 0, stderr: "" });
    await notes.dropTable();
    const { code, stderr } = await kept("notes", "generic");
    const lost = `database it_notes, from which notes:1.0.0 has served, in container ${postgresql} does not hold its data any more`;
    expect([code, stderr]).toEqual([1, expect.stringContaining(lost)]);
    expect(await kept("nocodb", "nocodb")).toMatchObject({ code: 0, stderr: "" });
    expect((await notes.create()).stderr).toContain("holds no data: deploy first");
  });
});
