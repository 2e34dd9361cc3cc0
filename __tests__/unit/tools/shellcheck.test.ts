import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkPrograms, shellcheckTargets } from "../../../tools/shellcheck.js";
import { scratch, writeScript } from "../support/host-shell.js";

const isInstalled = spawnSync("shellcheck", ["--version"]).status === 0;

/** A folder like the project's, with two programs that share a library. */
function project(apply: string, lib = "  default=$1\n"): string {
  const root = scratch("shellcheck");
  mkdirSync(path.join(root, "cli"));
  const header = (needs: string) => `# Expects   $mode.\n# Changes   nothing.\n# Needs     ${needs}\n\n`;
  const main = (body: string) => `main() {\n${body}}\n\nmain </dev/null\n`;
  writeScript(root, "thing/lib.sh", `${header("")}set_default() {\n${lib}}\n`);
  writeScript(root, "thing/apply.sh", header("thing/lib.sh") + main(apply));
  writeScript(root, "thing/list.sh", header("thing/lib.sh") + main('  set_default a\n  echo "$default $mode"\n'));
  return root;
}

describe.skipIf(!isInstalled)("the host programs, linked,", () => {
  test("pass if every variable is an input or is set, in whichever of their files", async () => {
    expect(await checkPrograms(project('  set_default a\n  echo "$default $mode"\n'))).toEqual([]);
  });

  test("fail for a misspelt variable where it is used", async () => {
    expect(await checkPrograms(project('  set_default a\n  echo "$defualt $mode"\n'))).toEqual([
      expect.stringMatching(
        /^thing\/apply\.sh: SC2154: defualt is referenced but not assigned.*\n {4}echo "\$defualt/s,
      ),
    ]);
  });

  test("fail for a misspelt variable where it is set", async () => {
    const findings = await checkPrograms(project('  defualt=a\n  default=b\n  echo "$default $mode"\n'));
    expect(findings).toEqual([expect.stringMatching(/^thing\/apply\.sh: SC2034: defualt appears unused/)]);
  });

  test("fail for a misspelt input", async () => {
    const findings = await checkPrograms(project('  set_default "$moed"\n  echo "$default $mode"\n'));
    expect(findings).toEqual([expect.stringContaining("SC2154: moed is referenced but not assigned")]);
  });

  test("pass if one of them does not use a library's variable that another uses", async () => {
    expect(await checkPrograms(project('  set_default a\n  echo "$mode"\n'))).toEqual([]);
  });

  test("fail once for a library's variable that none of them uses", async () => {
    const findings = await checkPrograms(
      project('  set_default a\n  echo "$default $mode"\n', "  default=$1\n  other=$1\n"),
    );
    expect(findings).toEqual([expect.stringContaining("SC2034: other appears unused")]);
  });

  test("fail for everything else that shellcheck finds", async () => {
    const findings = await checkPrograms(project('  set_default $mode\n  echo "$default"\n'));
    expect(findings).toEqual([expect.stringContaining("SC2086")]);
  });
});

test("scripts that are linked into programs are not checked one by one, all others of the clone are", async () => {
  const root = project('  set_default a\n  echo "$default $mode"\n');
  execFileSync("git", ["init", "-q", root]);
  writeScript(root, "thing/run-here.sh", "#!/bin/sh\n");
  writeFileSync(path.join(root, "other.sh"), "#!/bin/sh\n");
  writeFileSync(path.join(root, ".gitignore"), "ignored.sh\n");
  writeFileSync(path.join(root, "ignored.sh"), "");
  expect(await shellcheckTargets(root)).toEqual(["constructs/thing/run-here.sh", "other.sh"]);
});
