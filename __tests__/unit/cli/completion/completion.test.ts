import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NocodbHost } from "../../support/nocodb-host.js";

const host = new NocodbHost({ prod: {}, preprod: {} });
afterAll(() => host.remove());
const file = (shell: string) => path.join(host.folder, `completion.${shell}`);
const has = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;

beforeAll(async () => {
  for (const shell of ["bash", "zsh"]) {
    const { code, stdout, stderr } = await host.run(["completion", shell]);
    expect([code, stderr]).toEqual([0, ""]);
    writeFileSync(file(shell), stdout);
  }
});

/** What the shell itself prints: `$1` is the script, the rest are words. */
function shell(name: string, program: string, words: readonly string[] = []): string[] {
  const { status, stdout, stderr } = spawnSync(name, ["-c", program, name, file(name), ...words], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter(Boolean);
}

/** What bash offers for the last word of a command line. */
const offered = (line: string) =>
  shell(
    "bash",
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nocodb_host; printf "%s\\n" "${COMPREPLY[@]}"',
    line.split(" "),
  );

describe("bash completes", () => {
  test.each<[line: string, words: string[]]>([
    ["nocodb-host back", ["backup"]],
    ["nocodb-host backup ", ["create", "list", "verify", "copy", "fetch", "pull", "restore"]],
    ["nocodb-host backup create p", ["preprod", "prod"]],
    ["nocodb-host drift --limit 30 pr", ["preprod", "prod"]],
    ["nocodb-host drift prod --", ["--all", "--at-once", "--limit", "--json", "--help"]],
    ["nocodb-host sign-in prod ", ["--help"]],
    ["nocodb-host completion ", ["bash", "zsh"]],
    ["nocodb-host init --ssh-host ", []],
    ["npx no", ["nocodb-host"]],
    ["npx nocodb-host adopt prod --r", ["--revert"]],
    ["npx nocodb-host validate p", ["preprod", "prod"]],
    ["npx cdktf de", []],
  ])("%s", (line, words) => {
    expect(offered(line)).toEqual(words);
  });

  test("every verb", async () => {
    const { stdout } = await host.run(["--help"]);
    const [, section = ""] = stdout.split("\nCommands:\n");
    const verbs = [...section.split("\n\n")[0]!.matchAll(/^ {2}([\w-]+)/gm)].map(([, verb]) => verb!);
    expect(verbs).toContain("completion");
    expect(offered("nocodb-host ")).toEqual(verbs);
  });

  test("for the commands nocodb-host and npx, once the script is loaded", () => {
    // The machine may have completions of other programs.
    expect(shell("bash", 'source "$1"; complete -p | grep _nocodb_host').sort()).toEqual([
      "complete -o default -F _nocodb_host nocodb-host",
      "complete -o default -F _nocodb_host npx",
    ]);
  });
});

describe.runIf(has("zsh"))("zsh", () => {
  test("loads the script, and finds the same words", () => {
    const program = 'compdef() { echo "compdef $*" }; source "$1"; _nocodb_host_candidates backup create';
    expect(shell("zsh", program)).toEqual(["compdef _nocodb_host nocodb-host npx", "preprod", "prod", "--help"]);
  });

  test("offers the verbs of a group, or the flags once - is typed", () => {
    const program = `compdef() { : }; compadd() { echo "$@: \${(P@)2}" }; _files() { : }; source "$1"
      words=(npx nocodb-host backup '') CURRENT=4 PREFIX=; _nocodb_host
      words=(nocodb-host validate -) CURRENT=3 PREFIX=-; _nocodb_host`;
    expect(shell("zsh", program)).toEqual([
      "-a plain: create list verify copy fetch pull restore",
      "-a flags: --json --help",
    ]);
  });
});

test("another shell is a usage error", async () => {
  expect(await host.run(["completion", "fish"])).toMatchObject({ code: 64, stdout: "" });
});
