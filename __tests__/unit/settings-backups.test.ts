import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../settings/read.js";
import { environment } from "./stack-of.js";

const problemsOf = (backups: string) =>
  checkEnvironment("prod", `project: acme\ndomain: example.com\nssh:\n  host: h\n  user: u\nbackups: ${backups}\n`, {})
    .problems;

test("seven of the newest stay below the base directory, unless the file says otherwise", () => {
  expect(environment("prod").backups).toEqual({
    directory: "/opt/acme/backups/nocodb",
    keep: 7,
  });
});

describe("refused with its path:", () => {
  test.each([
    ["backups.keep", "{ keep: 0 }", "must be a whole number from 1 to 1000"],
    ["backups.keep", "{ keep: 2.5 }", "must be a whole number from 1 to 1000"],
    ["backups.directory", "{ directory: backups }", "must be absolute"],
    ["backups.kept", "{ kept: 3 }", "is no setting"],
  ])("%s in %s", (path, backups, message) => {
    expect(problemsOf(backups)).toEqual([expect.objectContaining({ path, message })]);
  });
});
