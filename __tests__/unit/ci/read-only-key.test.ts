import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { link } from "../../../constructs/remote-host/link.mjs";
import { awks, scratch } from "../support/host-shell.js";

// ci/read-only-key/read-only-key.sh: which requests of a key are run. `sudo` and `docker` only record what they get.

const at = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const base = scratch("read-only-key");
const bin = path.join(base, "bin");
const ran = path.join(base, "ran");
let fingerprint: string;
/** What run-remote.sh sends for a plan. */
let program: string;

const values = {
  INPUT_records: "/opt/acme/records",
  INPUT_requirements: "docker\nnetwork it's \"one\"\n\nid; $(id)\n''\n'",
  INPUT_odd: "'; id; '",
};

beforeAll(() => {
  mkdirSync(bin);
  const recording = (text: string) => `#!/bin/sh\n{ echo "\${0##*/} $*"; ${text}; } >"${ran}"\n`;
  for (const [name, text] of [
    ["sudo", recording("cat")],
    ["docker", recording(":")],
    ["id", "#!/bin/sh\necho 1001\n"],
  ] as const) {
    writeFileSync(path.join(bin, name), text);
    chmodSync(path.join(bin, name), 0o755);
  }
  fingerprint = execFileSync(process.execPath, [at("ci/probe-fingerprint.mjs")], { encoding: "utf8" }).trim();
  mkdirSync(path.join(base, "remote-host"));
  copyFileSync(at("constructs/remote-host/run-remote.sh"), path.join(base, "run-remote.sh"));
  writeFileSync(path.join(base, "remote-host/probe.sh"), link("remote-host/probe").text);
  const argv = [path.join(base, "run-remote.sh"), "remote-host/probe", "--", "cat"];
  program = execFileSync("sh", argv, { encoding: "utf8", env: { PATH: process.env.PATH, ...values } });
}, 60_000);
beforeEach(() => rmSync(ran, { force: true }));

const whatRan = () => (existsSync(ran) ? readFileSync(ran, "utf8") : "");

function request(command: string | undefined, input = "", first = bin) {
  const env = {
    PATH: `${first}:${bin}:${process.env.PATH}`,
    ...(command !== undefined && { SSH_ORIGINAL_COMMAND: command }),
  };
  const argv = [at("ci/read-only-key/read-only-key.sh"), "/var/lib/nocodb-read-only/docker.sock", fingerprint];
  const { status, stderr } = spawnSync("sh", argv, { encoding: "utf8", env, input });
  return { status, stderr: stderr.trim() };
}

describe.each(awks())("with %s", (_, first) => {
  test("the unchanged probe runs as root, whatever its values are", () => {
    expect(request("sudo -n sh -s", program, first)).toEqual({ status: 0, stderr: "" });
    expect(whatRan()).toBe(`sudo -n sh -s\n${program}`);
  });

  const probe = () => program.slice(program.indexOf("\n# ") + 1);
  test.each<[string, () => string]>([
    ["nothing", () => ""],
    ["another program", () => "id\n"],
    ["values without the probe", () => "x='1'\n"],
    ["a value that does not end", () => `x='1\n${probe()}`],
    ["a line in front of the probe", () => program.replace("\n# ", "\nid\n# ")],
    ["a line in front of everything", () => `id\n${program}`],
    ["a line behind it", () => `${program}id\n`],
    ["a command behind a value", () => `x='1'; id\n${probe()}`],
    ["an expansion behind a value", () => `x='1'$(id)\n${probe()}`],
    ["an expansion between the parts of one", () => `x='1'\\''$(id)'"$(id)"'\n${probe()}`],
    ["a command behind a value of several lines", () => `x='1\n2' id\n${probe()}`],
    ["a variable that the shell itself reads", () => `PATH='/tmp'\n${probe()}`],
    ["a changed probe", () => program.replace("main </dev/null", "main </dev/tty")],
    ["the probe without its end", () => program.slice(0, -20)],
  ])("%s is not run", (_, input) => {
    const { status, stderr } = request("sudo -n sh -s", input(), first);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^This key is read-only: the program that was sent is not the probe/),
    ]);
    expect(whatRan()).toBe("");
  });
});

test("the connection to the engine leads to the read-only proxy", () => {
  expect(request("docker system dial-stdio")).toEqual({ status: 0, stderr: "" });
  expect(whatRan()).toBe("docker --host unix:///var/lib/nocodb-read-only/docker.sock system dial-stdio\n");
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
  const { status, stderr } = request(command, program);
  expect([status, stderr]).toEqual([1, expect.stringContaining("This key is read-only: ")]);
  expect(whatRan()).toBe("");
});
