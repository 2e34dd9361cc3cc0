import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const directory = new URL("../../../constructs/host/", import.meta.url);

/** Files that others build on; they do nothing by themselves. */
const libraries = [
  ...[
    "backup.sh",
    "block.sh",
    "by-hand.sh",
    "caddy.sh",
    "claim.sh",
    "common.sh",
    "consumers.sh",
    "container.sh",
    "json.sh",
    "nocodb-api.sh",
    "nocodb-by-hand.sh",
    "consumer-files.sh",
    "database-requirements.sh",
    "requirements.sh",
    "see.sh",
    "schedule.sh",
    "taken-over.sh",
  ],
];
/** Run where Terraform runs, as programs of their own. */
const local = ["on-host.sh", "probe.sh", "worker.sh"];

const files = readdirSync(directory).filter((file) => file.endsWith(".sh"));
const text = (file: string) => readFileSync(new URL(file, directory), "utf8");
/** The comment that a file begins with, without its marks. */
const header = (file: string) => {
  const lines = text(file)
    .replace(/^#!.*\n/, "")
    .split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.slice(2))
    .join("\n");
};

const scripts = files.filter((file) => !libraries.includes(file));

describe.each(scripts)("%s", (file) => {
  test("says in its header what it expects, changes and prints, and that it may run twice", () => {
    for (const word of [/^Expects {3}\S/m, /^Changes {3}\S/m, /^Prints {4}\S/m]) expect(header(file)).toMatch(word);
    expect(header(file)).toMatch(/may run twice/i);
  });
});

describe.each(scripts.filter((file) => !local.includes(file)))("%s, cut off by an interrupted connection,", (file) => {
  const end = "\n\nmain </dev/null\n";

  test("lacks the line that starts it", () => {
    expect(text(file).endsWith(end)).toBe(true);
  });

  test("runs nothing", () => {
    const cut = text(file).slice(0, -end.length);
    const trace = spawnSync("sh", ["-x", "-s"], { input: cut, encoding: "utf8" }).stderr.trim().split("\n");
    expect(trace.filter((line) => !/^(\+ [a-z_]+=.*)?$/.test(line))).toEqual([]);
  });
});

describe.each(libraries)("%s", (file) => {
  test("is no script: it says so by having no last line that runs", () => {
    expect(text(file)).not.toMatch(/^main/m);
    expect(header(file)).not.toBe("");
  });
});
