import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { link, programNames } from "../../constructs/remote-host/link.mjs";

const texts: Record<string, string> = Object.fromEntries([
  ...programNames().map((name) => [name, link(name).text]),
  ...["run-remote", "run-probe", "preflight"].map((name) => [
    name,
    readFileSync(new URL(`../../constructs/remote-host/${name}.sh`, import.meta.url), "utf8"),
  ]),
]);

/** Shells that can be `sh` on a host, as far as this machine has them. */
const shells = [["dash"], ["busybox", "sh"], ["bash", "--posix"], ["ksh"], ["mksh"]].filter(
  ([program]) => spawnSync(program!, ["-c", "true"]).error === undefined,
);

describe.each(shells.map((words) => [words.join(" "), words] as const))("%s", (_, [shell, ...options]) => {
  test.each(Object.entries(texts))("can parse %s", (_, input) => {
    const { status, stderr } = spawnSync(shell!, [...options, "-n"], { input, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

test("this machine has at least one of them", () => {
  expect(shells).not.toEqual([]);
});
