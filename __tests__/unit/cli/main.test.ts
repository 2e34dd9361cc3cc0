import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { afterAll, describe, expect, test } from "vitest";
import { EXIT_CODES } from "../../../cli/exit-codes.js";
import { nocodbHost } from "../../../cli/main.js";
import { NocodbHost } from "../support/nocodb-host.js";

const host = new NocodbHost();
afterAll(() => host.remove());

/** Every verb and group below a command, with the words that lead to it. */
function commandsBelow(command: Command, before: readonly string[] = []): (readonly string[])[] {
  return command.commands.flatMap((each) => {
    const words = [...before, each.name()];
    return [words, ...commandsBelow(each, words)];
  });
}

const all = commandsBelow(nocodbHost());
const isGroup = (words: readonly string[]) => all.some((each) => each.length > words.length && each[0] === words[0]);
const verbs = all.filter((words) => !isGroup(words)).map((words) => words.join(" "));

test("the card `help` names every verb of the program, and no others", () => {
  const card = readFileSync(new URL("../../../help", import.meta.url), "utf8");
  const named = [...card.matchAll(/npx nocodb-host (?!--help)(.*)/g)].map(([, words = ""]) => words);
  expect(verbs.filter((verb) => !named.some((words) => `${words} `.startsWith(`${verb} `)))).toEqual([]);
  expect(named.filter((words) => !verbs.some((verb) => `${words} `.startsWith(`${verb} `)))).toEqual([]);
});

describe("--help", () => {
  test.each([[[]], ...all.map((words) => [words])])("%j has examples that begin with its own words", async (words) => {
    const { code, stdout, stderr } = await host.run([...words, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    const examples = /\nExamples:\n((?: {2}npx nocodb-host .*\n)+)$/.exec(stdout)?.[1]?.trimEnd().split("\n") ?? [];
    expect(examples).not.toEqual([]);
    const own = `  ${["npx nocodb-host", ...words].join(" ")} `;
    expect(examples.filter((line) => !`${line} `.startsWith(own))).toEqual([]);
  });

  test("shows the exit codes, each of them once", async () => {
    const { stdout } = await host.run(["--help"]);
    for (const [code, meaning] of EXIT_CODES) expect(stdout).toContain(`\n  ${String(code).padEnd(4)}${meaning}\n`);
    expect(new Set(EXIT_CODES.map(([code]) => code)).size).toBe(EXIT_CODES.length);
  });
});

describe("a command line is a usage error, with exit code 64,", () => {
  test.each([
    ["without a verb", [], "Usage: npx nocodb-host "],
    ["without a verb of a group", ["backup"], "Usage: npx nocodb-host backup "],
    ["with an unknown verb", ["drfit", "prod"], "error: unknown command 'drfit'\n(Did you mean drift?)\n"],
    ["with an unknown verb of a group", ["rotate", "root", "prod"], "error: unknown command 'root'\n"],
    ["without an environment", ["sign-in"], "error: missing required argument 'environment'\n"],
    ["with one argument too many", ["drift", "prod", "lab"], "error: too many arguments for 'drift'."],
    ["with an unknown flag", ["drift", "prod", "--fix"], "error: unknown option '--fix'\n"],
  ])("%s", async (_, words, message) => {
    const { code, stdout, stderr } = await host.run(words);
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain(message);
  });
});
