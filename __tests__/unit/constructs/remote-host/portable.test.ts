import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ProgramFolder } from "../../../../constructs/remote-host/program.js";
import { sshShell } from "../../../../constructs/remote-host/ssh.js";
import { scratch } from "../../support/host-shell.js";

// The scripts that run on the operator's machine and on workers, with tools that know only what macOS's know: PATH holds
// nothing else.

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const directory = scratch("portable é");
const place = (name: string) => path.join(directory, name);

/** The option letters of each tool that BSD and POSIX agree on, and that the GNU tool understands in the same way. */
const OPTIONS: Readonly<Record<string, string>> = {
  ...{ awk: "vf", cat: "", cut: "bcdf", date: "u", dirname: "", grep: "EFciqvx", head: "n", id: "ung", ls: "Lldnad" },
  ...{ mkdir: "p", mktemp: "d", rm: "rf", rmdir: "p", sed: "neEf", sh: "ceus", tail: "n", tr: "d", uname: "n" },
  ...{ base64: "D", "ssh-keygen": "yPf" },
};

/** Refuses long options and unknown letters, as BSD's tools do. base64 is that of macOS before version 13. */
const SHIM = `#!/bin/sh
for word; do
  case $word in
    --) break ;;
    --*) echo "illegal option $word" >&2; exit 64 ;;
    -[!LETTERS]*) echo "illegal option $word" >&2; exit 64 ;;
    -*) ;;
    *) break ;;
  esac
done
REPLACE
exec PROGRAM "$@"
`;

function tools(): string {
  const bin = place("bin");
  mkdirSync(bin);
  for (const [name, letters] of Object.entries(OPTIONS)) {
    const program = execFileSync("sh", ["-c", 'command -v "$1"', "sh", name], { encoding: "utf8" }).trim();
    const replace = name === "base64" ? '[ "$1" != -D ] || set -- -d' : "";
    const text = SHIM.replace("LETTERS", letters).replace("REPLACE", replace).replace("PROGRAM", program);
    writeFileSync(path.join(bin, name), text, { mode: 0o755 });
  }
  writeFileSync(path.join(bin, "ssh"), SSH, { mode: 0o755 });
  return bin;
}

/** The host: runs what it gets with all tools. */
const SSH = `#!/bin/sh
[ "$1" != -G ] || exit 0
PATH=${process.env.PATH} exec sh -s
`;

const PATH = tools();
const run = (argv: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = spawnSync("/bin/sh", argv, { encoding: "utf8", env: { PATH, ...env } });
  return { status, stdout, stderr };
};

test.each([
  ["sed", "-i", "s/a/b/"],
  ["mktemp", "--tmpdir"],
  ["date", "-d", "now"],
  ["base64", "-w", "0"],
  ["base64", "-d"],
  ["readlink", "-f", "/"],
  ["timeout", "1", "true"],
])("the tools of this test refuse %s %s", (...command) => {
  expect(run(["-c", '"$@" </dev/null', "sh", ...command]).status).toBeGreaterThan(0);
});

describe("a program reaches the host from a folder with blanks", () => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", place("my key")]);
  writeFileSync(place("known hosts"), "");
  const files = { identityFile: place("my key"), knownHosts: place("known hosts"), configFile: "none" };
  const folder = new ProgramFolder();
  for (const name of ["run-remote", "run-probe", "preflight"])
    folder.write(name, readFileSync(path.join(root, `constructs/remote-host/${name}.sh`), "utf8"));
  const words = (program: string) => [program, "--", ...sshShell({ host: "h", port: 22, user: "deploy", ...files })];
  folder.write("it/answers", 'printf \'{"unrecorded":"%s"}\\n\' "$value"\n');
  folder.write("it/fails", 'printf "no %s\\n" "$value" >&2; exit 1\n');
  const env = { INPUT_value: 'it\'s "é"\n2', TMPDIR: directory };

  test.each(["run-remote", "run-probe"])("by %s", (runner) => {
    expect(run([path.join(folder.path, `${runner}.sh`), ...words("it/answers")], env)).toEqual({
      status: 0,
      stdout: `{"unrecorded":"${env.INPUT_value}"}\n`,
      stderr: "",
    });
  });

  test("and its errors come back", () => {
    expect(run([path.join(folder.path, "run-probe.sh"), ...words("it/fails")], env)).toEqual({
      status: 1,
      stdout: "",
      stderr: `no ${env.INPUT_value}\n`,
    });
  });
});

test("the files of ssh are placed and removed", () => {
  const key = readFileSync(place("my key"), "utf8");
  const variables = {
    NOCODB_SSH_KEY: Buffer.from(key).toString("base64"),
    NOCODB_SSH_KNOWN_HOSTS: "h ssh-ed25519 AAAA",
    NOCODB_SSH_DIRECTORY: place("ssh files"),
  };
  const script = (name: string) => path.join(root, `ci/agent/${name}-ssh-files.sh`);
  const done = { status: 0, stdout: "", stderr: "" };
  expect(run([script("place")], variables)).toEqual(done);
  expect(readFileSync(place("ssh files/id"), "utf8")).toBe(key);
  expect(run([script("remove")], variables)).toEqual(done);
});
