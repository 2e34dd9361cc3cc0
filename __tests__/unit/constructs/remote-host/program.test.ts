import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkInput, type Program, ProgramFolder } from "../../../../constructs/remote-host/program.js";

describe("the input of a program", () => {
  const expected: Program = {
    name: "thing/apply",
    files: ["thing/lib.sh", "thing/apply.sh"],
    text: "",
    inputs: ["path", "mode", "retries", "from"],
    optional: ["retries"],
    known: ["path", "mode", "retries", "salt"],
  };

  test.each([
    ["everything that its header expects", ["path", "mode", "retries"]],
    ["everything but what may be missing and what run-remote.sh sends", ["path", "mode"]],
    ["what one of its libraries expects", ["path", "mode", "salt"]],
    ["the place of the records, which every program gets", ["path", "mode", "records"]],
  ])("may be %s", (_, given) => {
    expect(() => checkInput(expected, given)).not.toThrow();
  });

  test("must not be missing", () => {
    expect(() => checkInput(expected, [])).toThrow("thing/apply.sh expects path, mode, which it is not given");
  });

  test("must be known to one of its files", () => {
    expect(() => checkInput(expected, ["path", "mode", "paht", "modus"])).toThrow(
      "thing/apply.sh does not expect paht, modus",
    );
  });
});

test("a folder of programs has one file per program, in the folder of its construct", () => {
  const folder = new ProgramFolder();
  expect(existsSync(folder.path)).toBe(true);
  expect(folder.write("thing/apply", "main\n")).toBe("thing/apply.sh");
  expect(readFileSync(path.join(folder.path, "thing/apply.sh"), "utf8")).toBe("main\n");
});
