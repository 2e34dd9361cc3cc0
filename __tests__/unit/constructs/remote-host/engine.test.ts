import { describe, expect, test } from "vitest";
import { awks, call, library } from "../../support/host-shell.js";

const functions = library("remote-host/engine.sh");

/** What read_engine asks of a container. */
const container = (name: string, state: string, of?: string) =>
  `= ${name}\nid ${name}-id\nstate ${state}\n${of === undefined ? "" : `label cdktf.environment=${of}\n`}env A=1\n\n`;

describe.each(awks())("a service that a deploy is replacing, with %s,", (_, first) => {
  const shown = (...containers: string[]) => {
    const { stdout, stderr } = call(functions, ["as_it_serves"], { input: containers.join(""), first });
    expect(stderr).toBe("");
    const blocks = stdout.split(/^= /m).filter((each) => each.trim() !== "");
    return blocks.map(
      (each) => `${each.split("\n")[0]} ${/^id (.*)$/m.exec(each)![1]}${/^aside yes$/m.test(each) ? " aside" : ""}`,
    );
  };
  const other = container("other", "running");

  test.each<[string, string[], string[]]>([
    [
      "is the former one as long as that runs",
      [container("a", "running", "x"), container("a_former", "running", "x")],
      ["a a_former-id aside"],
    ],
    [
      "is the former one as long as that runs, created later",
      [container("a_former", "restarting", "x"), container("a", "created", "x")],
      ["a a_former-id aside"],
    ],
    ["is the new one after that", [container("a", "running", "x"), container("a_former", "exited", "x")], ["a a-id"]],
    ["is the former one if there is no other", [container("a_former", "exited", "x")], ["a a_former-id aside"]],
    [
      "is not one of another environment",
      [container("a", "running", "x"), container("a_former", "running", "y")],
      ["a a-id", "a_former a_former-id"],
    ],
    [
      "is not one that the app did not create",
      [container("a", "running", "x"), container("a_former", "running")],
      ["a a-id", "a_former a_former-id"],
    ],
  ])("%s", (_case, containers, expected) => {
    expect(shown(other, ...containers)).toEqual(["other other-id", ...expected]);
  });
});
