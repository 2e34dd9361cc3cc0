import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HostStep } from "../../../../constructs/remote-host/host-step.js";
import { program } from "../../../../constructs/remote-host/program.js";
import { hostIn, synthesize } from "../../support/scope.js";
import { apply } from "../../support/terraform.js";

// The path of a value: Terraform, local-exec, sh, run-remote.sh, ssh, sh on the host. Everything is real but ssh, which
// records its arguments and then acts as the host.
const SSH = `#!/bin/sh
printf '%s\\n' "$@" >"$SEEN/ssh"
exec sh -s
`;

// Programs on the way record their arguments before they start.
const RECORDER = `#!/bin/sh
printf '%s\\n' "$0 $*" >>"$SEEN/arguments"
PATH=$REAL_PATH exec "\${0##*/}" "$@"
`;

const values = {
  quotes: `'single' "double" \`back\` 'it'\\''s'`,
  dollar: "$HOME $(id) $1 $$",
  backslash: "C:\\new\\table\\",
  lines: "first line\nsecond\n\nfourth",
  trailing: "ends with lines\n\n",
  percent: "100% %s %d %%",
  unicode: "zürich 東京 🗄️",
  blanks: "  two  ",
  option: "-n -e --",
  empty: "",
  long: "0123456789abcdef".repeat(4096),
};
const secret = `s3cret'"\\ $x &#%é`;

// A program with enough inputs: the first carries the secret, the next ones the values above.
const NAME = "backup/restore";
const [secretInput, ...inputs] = program(NAME).inputs as [string, ...string[]];
const input = Object.fromEntries(inputs.map((name, index) => [name, Object.values(values)[index] ?? ""]));
const inputOf = (value: string) => inputs[Object.keys(values).indexOf(value)]!;

// Takes that program's place: the bytes that each input was assigned.
const DUMP = `
main() {
  for each in ${[secretInput, ...inputs].join(" ")}; do eval "printf '%s' \\"\\$$each\\"" >"$SEEN/value-$each"; done
  cat >"$SEEN/stdin"
}

main </dev/null
`;

let seen: string;
/** The output of Terraform. */
let printed: string;
beforeAll(async () => {
  seen = mkdtempSync(path.join(tmpdir(), "run-remote-"));
  const programs = path.join(seen, "assets/host_programs/sh");
  mkdirSync(path.join(programs, path.dirname(NAME)), { recursive: true });
  const runner = fileURLToPath(new URL("../../../../constructs/remote-host/run-remote.sh", import.meta.url));
  copyFileSync(runner, path.join(programs, "run-remote.sh"));
  writeFileSync(path.join(programs, `${NAME}.sh`), DUMP);
  const bin = path.join(seen, "bin");
  mkdirSync(bin);
  const recorded = { ssh: SSH, awk: RECORDER, cat: RECORDER, dirname: RECORDER };
  for (const [name, text] of Object.entries(recorded)) {
    writeFileSync(path.join(bin, name), text);
    chmodSync(path.join(bin, name), 0o755);
  }

  const json = synthesize((stack) => {
    const token = "ephemeral.random_password.token";
    stack.addOverride(token, { length: 40 });
    const extra = { [secretInput]: `\${${token}.result}` };
    new HostStep(stack, "step", { host: hostIn(stack), program: NAME, input, extra });
  });
  const REAL_PATH = process.env.PATH;
  const env = { SEEN: seen, REAL_PATH, PATH: `${bin}:${REAL_PATH}` };
  printed = await apply(seen, json, { token: secret }, env);
}, 60_000);
afterAll(() => rmSync(seen, { recursive: true, force: true }));

const read = (file: string) => readFileSync(path.join(seen, file), "utf8");

describe("a value arrives at the host byte for byte", () => {
  test.each(Object.entries(values))("%s", (name, value) => {
    expect(read(`value-${inputOf(name)}`)).toBe(value);
  });

  test("and so does a secret", () => {
    expect(read(`value-${secretInput}`)).toBe(secret);
  });
});

test("a program's standard input is empty, so no command in it reads the rest of the program", () => {
  expect(read("stdin")).toBe("");
});

test("no value is among the arguments of a program", () => {
  const all = read("arguments") + read("ssh");
  expect(all).toContain("awk");
  for (const value of [secret, ...Object.values(values)].filter((each) => each.trim() !== "")) {
    expect(all).not.toContain(value.split("\n")[0]);
  }
});

test("ssh gets the words of the connection unchanged", () => {
  expect(read("ssh").trim().split("\n").slice(-3)).toEqual(["--", "docker.example.com", "sudo -n sh -s"]);
});

test("the plan shows the values and hides the secret, and so does the output of the step", () => {
  expect(printed).toContain("$HOME $(id) $1 $$");
  expect(printed).not.toContain("s3cret");
});
