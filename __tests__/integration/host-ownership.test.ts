import { beforeEach, describe, expect, test } from "vitest";
import { asRoot, run, scratch } from "./host.js";

const directory = scratch("ownership");
const records = `${directory}/records`;
const HOME = "ann@laptop:/srv/app";
const retention = {
  ...{ records, name: "it_none", service: "it", service_kind: "generic", keep: "3", secrets: `${directory}/secrets` },
  ...{ database_container: "it_none", superuser: "postgres", database: "it", role: "it" },
  ...{ backups: `${directory}/backups`, data_directory: `${directory}/data`, pinned_secrets: "" },
};
const env_file = `${directory}/it.env`;
const KEEP = { env_file, on_destroy_database: "keep", on_destroy_backups: "keep", on_destroy_data: "keep" };

const own = (state: string, place = HOME) =>
  run("host-ownership/apply", {
    ...{ records, key: "owner", status: "new", state, state_place: place },
  });
const release = () => run("host-ownership/release", { records });
const marker = () => asRoot('cat "$1/.owner" 2>/dev/null || true', records);
const owner = async () => /^state=(.*)$/m.exec(await marker())?.[1];

beforeEach(() => asRoot('rm -rf -- "$1"', records));

describe("the owner marker", () => {
  test("is written once, and again without output; it names the place of the state and the time", async () => {
    for (const _ of ["once", "twice"]) expect(await own("1")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await marker()).toMatch(/^state=1\nplace=ann@laptop:\/srv\/app\nsince=\d{4}-\d\d-\d\d \d\d:\d\d UTC\n$/);
    expect(await asRoot('stat -c %a "$1" "$1/.owner"', records)).toBe("700\n600\n");
  });

  test("follows its state to another place", async () => {
    await own("1");
    expect(await own("1", "tfe.example.com/acme/nocodb")).toMatchObject({ code: 0, stdout: "" });
    expect(await marker()).toContain("place=tfe.example.com/acme/nocodb\n");
  });

  test("refuses another state in another place, and stays", async () => {
    await own("1");
    const { code, stderr } = await own("2", "ben@desktop:/srv/app");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^Another Terraform state manages \S+: that of ann@laptop:\/srv\/app, since .*\. Nothing was changed\..* npx nocodb-host state release ENVIRONMENT, then deploy\.\n$/,
      ),
    ]);
    expect(await owner()).toBe("1");
  });

  test("is part of what a plan learns, and of nothing if no state owns the host", async () => {
    const plan = async () => JSON.parse((await run("remote-host/probe", { records, requirements: "" })).stdout);
    expect((await plan()).managed_by).toBeUndefined();
    await own("1", '/srv/my "app"');
    expect((await plan()).managed_by).toMatch(/^the Terraform state of \/srv\/my "app", since \d{4}-.* UTC$/);
  });

  test("names the disk if that is full", async () => {
    const full = "/dev/shm/it_ownership";
    await asRoot('mkdir -p "$1/nocodb/records"; dd if=/dev/zero of="$1/fill" bs=64k 2>/dev/null || true', full);
    await asRoot('dd if=/dev/zero of="$1/rest" bs=4k 2>/dev/null || true', full);
    const input = { records: `${full}/nocodb/records`, key: "owner", status: "new", state: "1", state_place: HOME };
    const { code, stderr } = await run("host-ownership/apply", input);
    await asRoot('rm -rf "$1"', full);
    const words = `${full}/nocodb/records could not be written to: its disk has 0 free (shm, mounted at /dev/shm). Make room, and deploy again\n`;
    expect([code, stderr]).toEqual([1, words]);
  });

  test("is replaced by a new state in the very same place, because the former one is lost", async () => {
    await own("1");
    const { code, stdout } = await own("2");
    expect([code, stdout]).toEqual([0, `the state that was in ${HOME} before is lost: this one takes its place\n`]);
    expect(await owner()).toBe("2");
  });

  test("identifies a state file, and a schema of a PostgreSQL that the host does not know, by the place where Terraform runs", async () => {
    await own("1", "");
    const here = /^place=(\S+@\S+:\/.*)$/m.exec(await marker())?.[1];
    expect(here).toBeDefined();
    const schema = "PostgreSQL schema nocodb_prod";
    await own("1", schema);
    expect(await marker()).toContain(`place=${schema}, used from ${here}\n`);
    expect(await own("2", schema)).toMatchObject({ code: 0, stdout: expect.stringContaining("is lost") });
    await asRoot('sed -i "s|^place=.*|place=$2, used from ben@desktop:/srv/app|" "$1/.owner"', records, schema);
    expect(await own("3", schema)).toMatchObject({ code: 1 });
  });

  test("can be released; the next state becomes the owner, and the former one is refused", async () => {
    await own("1");
    expect((await release()).stdout).toContain(`the state of ${HOME} has managed ${directory} since`);
    expect((await release()).stdout).toBe(`no state owns ${records}\n`);
    expect(await own("2", "ben@desktop:/srv/app")).toMatchObject({ code: 0 });
    expect(await own("1")).toMatchObject({ code: 1 });
  });

  test("is written by one of two states that deploy at the same time", async () => {
    const codes = (await Promise.all([own("1"), own("2", "ben@desktop:/srv/app")])).map(({ code }) => code);
    expect(codes.sort()).toEqual([0, 1]);
  });
});

describe("a destroy by a state that no longer owns the host", () => {
  test.each([
    ["data-retention/before-destroy", retention],
    ["data-retention/after-destroy", { ...retention, ...KEEP }],
  ])("is refused by %s", async (program, input) => {
    await own("1");
    const { code, stderr } = await run(program, { ...input, state: "2" });
    expect([code, stderr]).toEqual([1, expect.stringContaining("Another Terraform state manages")]);
  });
});

test("a destroy removes the records of what is gone, and of nothing else", async () => {
  await own("1");
  const described = (kind: string, line: string) =>
    asRoot('printf "status=new\\nkind=%s\\n%s\\n" "$2" "$3" >"$1"', `${records}/${kind}`, kind, line);
  await described("container", `name=${retention.name}`);
  await described("service", `name=${retention.name}`);
  await described("directory", `path=${retention.data_directory}`);
  await described("database", `database=${retention.database}`);
  await asRoot('sed "s/^name=.*/name=another/" "$1/container" >"$1/another"', records);
  const left = () => asRoot('cd "$1" && ls', records);
  await run("data-retention/after-destroy", { ...retention, ...KEEP, state: "1" });
  expect(await left()).toBe("another\ndatabase\ndirectory\nowner\n");
  await run("data-retention/after-destroy", { ...retention, ...KEEP, on_destroy_data: "delete", state: "1" });
  await run("host-ownership/remove", { records, state: "1" });
  expect(await left()).toBe("another\ndatabase\n");
});

test("a destroy that deletes the data also deletes it behind a link, and nothing beside it", async () => {
  await own("1");
  await asRoot('mkdir -p "$1/disk/data/nc" && echo 1 >"$1/disk/kept" && ln -sfn "$1/disk/data" "$1/data"', directory);
  const input = { ...retention, ...KEEP, on_destroy_data: "delete", state: "1" };
  expect(await run("data-retention/after-destroy", input)).toMatchObject({
    ...{ code: 0, stderr: "" },
    stdout: expect.stringContaining(`deleted: ${directory}/data\n`),
  });
  expect(await asRoot('cd "$1" && find disk data 2>/dev/null | sort', directory)).toBe("disk\ndisk/data\ndisk/kept\n");
});
