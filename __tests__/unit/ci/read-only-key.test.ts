import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PROBE } from "../../../constructs/remote-host/probe.js";
import { awks, scratch } from "../support/host-shell.js";

// docs/look-only/nocodb-look.sh: what of all that a key may ask for is run. `sudo` and `docker` only write down what they get.

const at = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const base = scratch("look");
const bin = path.join(base, "bin");
const ran = path.join(base, "ran");
let print: string;
/** What on-host.sh sends for a plan. */
let program: string;

const values = {
  INPUT_manifest: "/opt/acme/manifest",
  INPUT_requirements: "docker\nnetwork it's \"one\"\n\nid; $(id)\n''\n'",
  INPUT_odd: "'; id; '",
};

beforeAll(() => {
  mkdirSync(bin);
  const note = (text: string) => `#!/bin/sh\n{ echo "\${0##*/} $*"; ${text}; } >"${ran}"\n`;
  for (const [name, text] of [
    ["sudo", note("cat")],
    ["docker", note(":")],
    ["id", "#!/bin/sh\necho 1001\n"],
  ] as const) {
    writeFileSync(path.join(bin, name), text);
    chmodSync(path.join(bin, name), 0o755);
  }
  print = execFileSync(at("node_modules/.bin/tsx"), [at("commands/probe-print.ts")], { encoding: "utf8" }).trim();
  const argv = [at("constructs/host/on-host.sh"), "common.sh", ...PROBE.slice(1), "--", "cat"];
  program = execFileSync("sh", argv, { encoding: "utf8", env: { PATH: process.env.PATH, ...values } });
}, 60_000);
beforeEach(() => rmSync(ran, { force: true }));

const whatRan = () => (existsSync(ran) ? readFileSync(ran, "utf8") : "");

function ask(command: string | undefined, input = "", first = bin) {
  const env = {
    PATH: `${first}:${bin}:${process.env.PATH}`,
    ...(command !== undefined && { SSH_ORIGINAL_COMMAND: command }),
  };
  const argv = [at("docs/look-only/nocodb-look.sh"), "/var/lib/nocodb-look/docker.sock", print];
  const { status, stderr } = spawnSync("sh", argv, { encoding: "utf8", env, input });
  return { status, stderr: stderr.trim() };
}

describe.each(awks())("with %s", (_, first) => {
  test("the probe runs as root, to the byte, whatever its values are", () => {
    expect(ask("sudo -n sh -s", program, first)).toEqual({ status: 0, stderr: "" });
    expect(whatRan()).toBe(`sudo -n sh -s\n${program}`);
  });

  const scripts = () => program.slice(program.indexOf("\n# ") + 1);
  test.each<[string, () => string]>([
    ["nothing", () => ""],
    ["a program of one's own", () => "id\n"],
    ["values without the probe", () => "x='1'\n"],
    ["a value that does not end", () => `x='1\n${scripts()}`],
    ["a line in front of the probe", () => program.replace("\n# ", "\nid\n# ")],
    ["a line in front of all", () => `id\n${program}`],
    ["a line behind it", () => `${program}id\n`],
    ["a command behind a value", () => `x='1'; id\n${scripts()}`],
    ["an expansion behind a value", () => `x='1'$(id)\n${scripts()}`],
    ["an expansion between the parts of one", () => `x='1'\\''$(id)'"$(id)"'\n${scripts()}`],
    ["a command behind a value of several lines", () => `x='1\n2' id\n${scripts()}`],
    ["a variable that the shell itself reads", () => `PATH='/tmp'\n${scripts()}`],
    ["a changed probe", () => program.replace("main </dev/null", "main </dev/tty")],
    ["the probe without its end", () => program.slice(0, -20)],
  ])("%s is not run", (_, input) => {
    const { status, stderr } = ask("sudo -n sh -s", input(), first);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^This key can only look: what was sent is not the probe/),
    ]);
    expect(whatRan()).toBe("");
  });
});

test("the way to the engine leads to the read-only proxy", () => {
  expect(ask("docker system dial-stdio")).toEqual({ status: 0, stderr: "" });
  expect(whatRan()).toBe("docker --host unix:///var/lib/nocodb-look/docker.sock system dial-stdio\n");
});

test.each([
  [undefined],
  [""],
  ["id"],
  ["docker system dial-stdio; id"],
  ["docker system dial-stdio --host x"],
  ["sudo -n sh -s x"],
  ["sudo -n sh"],
])("the command %j is refused", (command) => {
  const { status, stderr } = ask(command, program);
  expect([status, stderr]).toEqual([1, expect.stringContaining("This key can only look: ")]);
  expect(whatRan()).toBe("");
});
