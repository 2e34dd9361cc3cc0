import { beforeEach, describe, expect, test } from "vitest";
import { asRoot, run, scratch } from "./host.js";

const directory = scratch("claim");
const manifest = `${directory}/manifest`;
const HOME = "ann@laptop:/srv/app";

const claim = (state: string, place = HOME) =>
  run(["common.sh", "claim.sh", "make-claim.sh"], {
    ...{ manifest, key: "claim", observed: "new", state, state_place: place },
  });
const release = () => run(["common.sh", "claim.sh", "release-claim.sh"], { manifest });
const mark = () => asRoot('cat "$1/.claim" 2>/dev/null || true', manifest);
const owner = async () => /^state=(.*)$/m.exec(await mark())?.[1];

beforeEach(() => asRoot('rm -rf -- "$1"', manifest));

describe("the mark of a state", () => {
  test("is made once, and again without a word; it says where the state is, and since when", async () => {
    for (const _ of ["once", "twice"]) expect(await claim("1")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await mark()).toMatch(/^state=1\nplace=ann@laptop:\/srv\/app\nsince=\d{4}-\d\d-\d\d \d\d:\d\d UTC\n$/);
    expect(await asRoot('stat -c %a "$1" "$1/.claim"', manifest)).toBe("700\n600\n");
  });

  test("follows its state to another place", async () => {
    await claim("1");
    expect(await claim("1", "tfe.example.com/acme/nocodb")).toMatchObject({ code: 0, stdout: "" });
    expect(await mark()).toContain("place=tfe.example.com/acme/nocodb\n");
  });

  test("refuses another state of another place, and stays", async () => {
    await claim("1");
    const { code, stderr } = await claim("2", "ben@desktop:/srv/app");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^What is in \S+ is managed by another Terraform state, that of ann@laptop:\/srv\/app, since .* nothing was changed\..* npm run release -- ENVIRONMENT, then deploy\.\n$/,
      ),
    ]);
    expect(await owner()).toBe("1");
  });

  test("gives way to a new state in the very same place: the former one is lost", async () => {
    await claim("1");
    const { code, stdout } = await claim("2");
    expect([code, stdout]).toEqual([0, `the state that was in ${HOME} before is lost: this one takes its place\n`]);
    expect(await owner()).toBe("2");
  });

  test("tells a file by where Terraform runs, and so a schema of a PostgreSQL, which the host does not know", async () => {
    await claim("1", "");
    const here = /^place=(\S+@\S+:\/.*)$/m.exec(await mark())?.[1];
    expect(here).toBeDefined();
    const schema = "PostgreSQL schema nocodb_prod";
    await claim("1", schema);
    expect(await mark()).toContain(`place=${schema}, used from ${here}\n`);
    expect(await claim("2", schema)).toMatchObject({ code: 0, stdout: expect.stringContaining("is lost") });
    await asRoot('sed -i "s|^place=.*|place=$2, used from ben@desktop:/srv/app|" "$1/.claim"', manifest, schema);
    expect(await claim("3", schema)).toMatchObject({ code: 1 });
  });

  test("can be released; whoever comes next has the host, and the former state is refused", async () => {
    await claim("1");
    expect((await release()).stdout).toContain(`was managed by the state of ${HOME}, since`);
    expect((await release()).stdout).toBe(`no state has its mark in ${manifest}\n`);
    expect(await claim("2", "ben@desktop:/srv/app")).toMatchObject({ code: 0 });
    expect(await claim("1")).toMatchObject({ code: 1 });
  });

  test("goes to one of two that come at the same time", async () => {
    const codes = (await Promise.all([claim("1"), claim("2", "ben@desktop:/srv/app")])).map(({ code }) => code);
    expect(codes.sort()).toEqual([0, 1]);
  });
});

describe("a destroy by a state that has the host no more", () => {
  test.each([
    ["last-backup.sh", { database_container: "it_none" }],
    ["leave.sh", { name: "it_none" }],
  ])("is refused by %s", async (script, more) => {
    await claim("1");
    const { code, stderr } = await run(["common.sh", "backup.sh", "claim.sh", script], {
      manifest,
      state: "2",
      ...more,
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining("is managed by another Terraform state")]);
  });
});

test("a destroy that deletes the data deletes it behind a link, too, and nothing beside it", async () => {
  await claim("1");
  const data = `${directory}/data`;
  await asRoot('mkdir -p "$1/disk/data/nc" && echo 1 >"$1/disk/kept" && ln -sfn "$1/disk/data" "$1/data"', directory);
  const keep = { on_destroy_database: "keep", on_destroy_backups: "keep", on_destroy_data: "delete" };
  const left = await run(["common.sh", "backup.sh", "claim.sh", "leave.sh"], {
    ...{ manifest, state: "1", name: "it_none", database: "it", role: "it", env_file: `${directory}/it.env` },
    ...{ ...keep, backups: `${directory}/backups`, data_directory: data },
  });
  expect(left).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(`deleted: ${data}\n`) });
  expect(await asRoot('cd "$1" && find disk data 2>/dev/null | sort', directory)).toBe("disk\ndisk/data\ndisk/kept\n");
});
