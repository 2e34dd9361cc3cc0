import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const directory = new URL("../../constructs/host/", import.meta.url);
const files = readdirSync(directory).filter((file) => file.endsWith(".sh"));
const text = (file: string) => readFileSync(new URL(file, directory), "utf8");

/** What may be `sh` on a host, as far as this machine has it. */
const shells = [["dash"], ["busybox", "sh"], ["bash", "--posix"], ["ksh"], ["mksh"]].filter(
  ([program]) => spawnSync(program!, ["-c", "true"]).error === undefined,
);

describe.each(shells.map((words) => [words.join(" "), words] as const))("%s", (_, [shell, ...options]) => {
  test.each(files)("can read %s", (file) => {
    const { status, stderr } = spawnSync(shell!, [...options, "-n"], { input: text(file), encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

test("at least one of them is here", () => {
  expect(shells).not.toEqual([]);
});
