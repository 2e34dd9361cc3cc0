import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parseImage, releaseKey, versionLabel } from "../../../../constructs/service-container/image-reference.js";

const digest = `sha256:${"0".repeat(64)}`;
const keyOf = (tag: string) => releaseKey(`nocodb/nocodb:${tag}`);

describe("an image reference has a repository, a tag and a digest:", () => {
  test.each([
    ["b", { repository: "b" }],
    ["nocodb/nocodb:0.301.3", { repository: "nocodb/nocodb", tag: "0.301.3" }],
    ["host.example:5000/a/b.c_d-e:v1.0_x", { repository: "host.example:5000/a/b.c_d-e", tag: "v1.0_x" }],
    ["host.example:5000/nocodb", { repository: "host.example:5000/nocodb" }],
    [`a/b@${digest}`, { repository: "a/b", digest }],
    [`a/b:latest@${digest}`, { repository: "a/b", tag: "latest", digest }],
  ])("%s", (image, parts) => {
    expect(parseImage(image)).toMatchObject({ tag: undefined, digest: undefined, ...parts });
  });

  test.each(["", "A/b:1", "a/b:", "a b:1", "-a/b:1", "a/b:1@sha256:xyz", "http://a/b:1", `a/b:${"t".repeat(129)}`])(
    '"%s" is not an image reference',
    (image) => {
      expect(parseImage(image)).toBeUndefined();
      expect([releaseKey(image), versionLabel(image)]).toEqual(["", "unknown"]);
    },
  );
});

describe("the release of a tag", () => {
  const ascending = [
    "0.9",
    "0.91.10",
    "0.205.3",
    "0.301.3",
    "2026.03.9",
    "2026.04.0-rc1",
    "2026.04.0",
    "2026.09.0-alpha",
    "2026.09.0-beta.2",
    "2026.09.0-rc",
    "2026.09.0-rc1",
    "2026.09.0-rc2",
    "2026.09.0-rc10",
    "2026.09.0",
    "2026.09.1-rc1",
    "2026.09.1",
    "2026.09.1.1",
    "2026.10.0",
    "2027",
  ];

  test("orders versions, each pre-release before its release", () => {
    const keys = ascending.map(keyOf);
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys).size).toBe(ascending.length);
  });

  test("orders the same way in the host's shell", () => {
    const keys = ascending.map(keyOf);
    const input = `${[...keys].reverse().join("\n")}\n`;
    const { stdout } = spawnSync("sort", { input, env: { PATH: process.env.PATH, LC_ALL: "C" }, encoding: "utf8" });
    expect(stdout.trimEnd().split("\n")).toEqual(keys);
  });

  test.each([
    ["v0.301.3", "0.301.3"],
    ["2026.4", "2026.04.0"],
    ["2026.09.0-rc.1", "2026.09.0-rc1"],
    ["2026.09.0-RC1-alpine", "2026.09.0-rc1"],
    ["16-alpine", "16"],
    [`0.301.3@${digest}`, "0.301.3"],
  ])("%s is the release %s", (one, other) => {
    expect(keyOf(one)).not.toBe("");
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test("is a list of numbers", () => {
    expect(parseImage("nocodb/nocodb:2026.09.0-rc1")?.release?.numbers).toEqual([2026, 9, 0]);
  });

  test.each(["latest", "ours-0.301.3", "2026-09-01", "0.9.x", "7e81f0a", "1234567890123456"])(
    "%s does not name a release",
    (tag) => {
      expect(parseImage(`a/b:${tag}`)?.release).toBeUndefined();
      expect(keyOf(tag)).toBe("");
    },
  );

  test("needs no quoting in a shell", () => {
    for (const tag of ascending) expect(keyOf(tag)).toMatch(/^[a-z0-9.-]+$/);
  });
});

test.each([
  ["nocodb/nocodb:0.301.3", "0.301.3"],
  [`nocodb/nocodb:2026.09.0-rc1@${digest}`, "2026.09.0-rc1"],
  ["host.example:5000/nocodb", "unknown"],
  [`nocodb/nocodb@${digest}`, "unknown"],
])("the version label of %s is %s", (image, label) => {
  expect(versionLabel(image)).toBe(label);
});
