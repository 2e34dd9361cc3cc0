import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { differencesOf, type Fault, faultTable, recordedFaults } from "../../../tools/fault-table.js";

const fault = (cause: string, more: Partial<Fault> = {}): Fault => ({
  cause,
  command: "plan",
  seen: "container acme_caddy is exited",
  seconds: 1.2,
  preserved: "all of the host",
  ...more,
});

const rowsOf = (table: string) =>
  table
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2);

describe("the recorded faults", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "faults-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test("are sorted by cause, and of a fault that was recorded twice the later record counts", () => {
    const file = path.join(directory, "faults.jsonl");
    const all = [fault("b"), fault("a", { seconds: 1 }), fault("a", { seconds: 2 })];
    writeFileSync(file, all.map((each) => `${JSON.stringify(each)}\n`).join(""));
    expect(recordedFaults(file)).toEqual([fault("a", { seconds: 2 }), fault("b")]);
  });

  test("are none if no test has run", () => {
    expect(recordedFaults(path.join(directory, "none"))).toEqual([]);
  });
});

describe("the table", () => {
  test("has a row for each fault, and says how the cause was simulated", () => {
    expect(rowsOf(faultTable([fault("Caddy is down"), fault("engine restarted", { fake: "a proxy" })]))).toEqual([
      "| Caddy is down | plan | container acme_caddy is exited | 2 | all of the host | real |",
      "| engine restarted | plan | container acme_caddy is exited | 2 | all of the host | simulated: a proxy |",
    ]);
  });

  test.each([
    [0.2, "< 1"],
    [1, "1"],
    [2.1, "3"],
  ])("rounds %d s up to %s", (seconds, shown) => {
    expect(rowsOf(faultTable([fault("a", { seconds })]))[0]).toContain(`| ${shown} |`);
  });

  test("keeps its columns whatever the message contains", () => {
    const [row] = rowsOf(faultTable([fault("a", { seen: "x | y\n <b> *z*" })]));
    expect(row).toContain("| x \\| y \\<b> \\*z\\* |");
  });
});

describe("table and tests", () => {
  test("agree if each cause is in both", () => {
    const faults = [fault("a | b"), fault("c")];
    expect(differencesOf(faultTable(faults), faults)).toEqual([]);
  });

  test("differ by the causes that one of them lacks", () => {
    const said = differencesOf(faultTable([fault("old"), fault("both")]), [fault("both"), fault("new")]);
    expect(said).toEqual(["lacks: new", "no test records: old"]);
  });
});

test("the command prints its usage", () => {
  const { status, stderr } = spawnSync("node_modules/.bin/tsx", ["tools/faults.ts", "last"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([2, "usage: npm run faults [-- --last]\n"]);
});
