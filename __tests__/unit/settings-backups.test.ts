import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../settings/read.js";
import { environment } from "./stack-of.js";

const problemsOf = (backups: string) =>
  checkEnvironment("prod", `project: acme\ndomain: example.com\nssh:\n  host: h\n  user: u\nbackups: ${backups}\n`, {})
    .problems;

test("seven of the newest stay below the base directory, unless the file says otherwise", () => {
  expect(environment("lab").backups).toEqual({
    directory: "/home/operator/.nocodb-lab/lab/host/backups/nocodb",
    keep: 7,
  });
});

describe("refused with its path:", () => {
  test.each([
    ["backups.keep", "{ keep: 0 }", "must be a whole number from 1 to 1000"],
    ["backups.keep", "{ keep: 2.5 }", "must be a whole number from 1 to 1000"],
    ["backups.directory", "{ directory: backups }", "must be absolute"],
    ["backups.schedule", "{ schedule: every day }", "is no time as systemd writes it"],
    ["backups.schedule", '{ schedule: "" }', "is no time as systemd writes it"],
    ["backups.schedule", "{ schedule: 0 3 * * * }", "is no time as systemd writes it"],
    ["backups.schedule", '{ schedule: "*" }', "is no time as systemd writes it"],
    ["backups.kept", "{ kept: 3 }", "is no setting"],
  ])("%s in %s", (path, backups, message) => {
    expect(problemsOf(backups)).toEqual([expect.objectContaining({ path, message })]);
  });
});

test.each(["", "daily", "[]"])("a section that is no mapping is a problem of its own: backups: %s", (backups) => {
  expect(problemsOf(backups)).toEqual([expect.objectContaining({ path: "backups" })]);
});

// What systemd.time(7) gives as examples, among others.
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
