import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HostStep } from "../../../../constructs/remote-host/host-step.js";
import { hostIn, secretIn, synthesize } from "../../support/scope.js";
import { apply } from "../../support/terraform.js";

// The way of a value: Terraform, local-exec, sh, on-host.sh, ssh, sh on the host. Everything is real but ssh, which
// writes down its arguments and then is the host.
const SSH = `#!/bin/sh
printf '%s\\n' "$@" >"$SEEN/ssh"
exec sh -s
`;

// Programs on the way write down their arguments before they start.
const RECORDER = `#!/bin/sh
printf '%s\\n' "$0 $*" >>"$SEEN/arguments"
PATH=$REAL_PATH exec "\${0##*/}" "$@"
`;

// Stands among the host scripts: what each name was assigned, to the byte.
const DUMP = `
main() {
  for each in $names; do eval "printf '%s' \\"\\$$each\\"" >"$SEEN/value-$each"; done
  cat >"$SEEN/stdin"
}

main </dev/null
`;

const values = {
  quotes: `'single' "double" \`back\` 'it'\\''s'`,
  dollar: "$HOME $(id) $1 $$",
  backslash: "C:\\new\\table\\",
  lines: "one\ntwo\n\nfour",
  trailing: "ends with lines\n\n",
  percent: "100% %s %d %%",
  unicode: "zürich 東京 🗄️",
  blanks: "  two  ",
  option: "-n -e --",
  empty: "",
  long: "0123456789abcdef".repeat(4096),
};
const secret = `s3cret'"\\ $x &#%é`;

let seen: string;
/** What Terraform printed. */
let said: string;
beforeAll(async () => {
  seen = mkdtempSync(path.join(tmpdir(), "on-host-"));
  const scripts = path.join(seen, "assets/host_scripts/sh");
  cpSync(fileURLToPath(new URL("../../../../constructs/host", import.meta.url)), scripts, { recursive: true });
  writeFileSync(path.join(scripts, "dump.sh"), DUMP);
  const bin = path.join(seen, "bin");
  mkdirSync(bin);
  const programs = { ssh: SSH, awk: RECORDER, cat: RECORDER, dirname: RECORDER };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), text);
    chmodSync(path.join(bin, name), 0o755);
  }

  const json = synthesize((stack) => {
    const input = { ...values, names: [...Object.keys(values), "token"].join(" ") };
    new HostStep(stack, "step", {
      host: hostIn(stack),
      scripts: ["dump.sh"],
      input,
      secrets: { token: secretIn(stack) },
    });
  });
  const REAL_PATH = process.env.PATH;
  said = await apply(
    seen,
    json,
    { token: secret },
    { environment: { SEEN: seen, REAL_PATH, PATH: `${bin}:${REAL_PATH}` } },
  );
}, 60_000);
afterAll(() => rmSync(seen, { recursive: true, force: true }));

const read = (file: string) => readFileSync(path.join(seen, file), "utf8");

describe("a value arrives at the host byte for byte", () => {
  test.each(Object.entries(values))("%s", (name, value) => {
    expect(read(`value-${name}`)).toBe(value);
  });

  test("a secret too", () => {
    expect(read("value-token")).toBe(secret);
  });
});

test("a script has nothing on its standard input, so no command in it eats the rest of the program", () => {
  expect(read("stdin")).toBe("");
});

test("no value stands among the arguments of a program", () => {
  const all = read("arguments") + read("ssh");
  expect(all).toContain("awk");
  for (const value of [secret, ...Object.values(values)].filter((each) => each.trim() !== "")) {
    expect(all).not.toContain(value.split("\n")[0]);
  }
});

test("ssh gets the words of the connection as they are", () => {
  expect(read("ssh").trim().split("\n").slice(-3)).toEqual(["--", "docker.example.com", "sudo -n sh -s"]);
});

test("the plan shows the values and hides the secret, and so does the step's output", () => {
  expect(said).toContain("$HOME $(id) $1 $$");
  expect(said).not.toContain("s3cret");
});
