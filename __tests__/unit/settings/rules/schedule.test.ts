import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../../../settings/read.js";

const problemsOf = (backups: string) =>
  checkEnvironment("prod", `project: acme\ndomain: example.com\nssh:\n  host: h\n  user: u\nbackups: ${backups}\n`, {})
    .problems;

describe("a backup setting is refused with its path:", () => {
  test.each([
    ["backups.directory", "{ directory: backups }", "must be absolute"],
    ["backups.schedule", "{ schedule: every day }", "is not a systemd calendar expression"],
    ["backups.schedule", '{ schedule: "" }', "is not a systemd calendar expression"],
    ["backups.schedule", "{ schedule: 0 3 * * * }", "is not a systemd calendar expression"],
    ["backups.schedule", '{ schedule: "*" }', "is not a systemd calendar expression"],
    ["backups.verify", "{ verify: never }", "is not a systemd calendar expression"],
    ["backups.kept", "{ kept: 3 }", "is not a setting"],
  ])("%s in %s", (path, backups, message) => {
    expect(problemsOf(backups)).toEqual([expect.objectContaining({ path, message })]);
  });
});

test.each(["", "daily", "[]"])("a section that is not a mapping is one problem: backups: %s", (backups) => {
  expect(problemsOf(backups)).toEqual([expect.objectContaining({ path: "backups" })]);
});

// Examples of systemd.time(7), among others.
test.each([
  "daily",
  "Weekly",
  "hourly UTC",
  "03:00",
  "Mon..Fri 03:00",
  "Sat,Sun *-*-* 04:30:00",
  "*-*-01 04:30",
  "*-*~02 00:00",
  "*:0/15",
  "2027-02-03 Europe/Zurich",
  "Mon",
])("%s is a schedule", (schedule) => {
  expect(problemsOf(JSON.stringify({ schedule }))).toEqual([]);
});

test.each(["off", "weekly", "Sun 05:00"])("backups may be verified %s", (verify) => {
  expect(problemsOf(`{ verify: ${verify} }`)).toEqual([]);
});
