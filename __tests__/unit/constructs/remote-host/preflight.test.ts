import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type SshConnection, sshShell } from "../../../../constructs/remote-host/ssh.js";
import { scratch } from "../../support/host-shell.js";

// What the probe says of the machine that Terraform runs on.

const script = fileURLToPath(new URL("../../../../constructs/remote-host/preflight.sh", import.meta.url));
const directory = scratch("worker");
const place = (name: string) => path.join(directory, name);
const PROGRAMS = ["ssh", "ssh-keygen", "awk", "id", "mktemp", "grep", "ls", "uname"];

/** A file that ssh reads, private to its owner. */
function file(name: string, text: string, mode = 0o600): string {
  writeFileSync(place(name), text);
  chmodSync(place(name), mode);
  return place(name);
}

function keyPair(name: string, passphrase = ""): string {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", place(name)]);
  return place(name);
}

/** The only programs there are. */
function programs(...missing: string[]): string {
  const bin = place(`bin without ${missing}`);
  mkdirSync(bin, { recursive: true });
  const there = readdirSync(bin);
  for (const name of PROGRAMS.filter((each) => !missing.includes(each) && !there.includes(each))) {
    const found = execFileSync("sh", ["-c", 'command -v "$1"', "sh", name], { encoding: "utf8" }).trim();
    symlinkSync(found, path.join(bin, name));
  }
  return bin;
}

const identityFile = keyPair("id");
const knownHosts = file("known_hosts", "");
const whole = { host: "h", port: 22, user: "deploy", identityFile, knownHosts, configFile: "none" };

/** What it complains of, one line each; without its first line. */
function complaints(over: Partial<SshConnection> = {}, env: NodeJS.ProcessEnv = {}): string[] {
  const argv = [script, "observe.sh", "--", ...sshShell({ ...whole, ...over })];
  const { status, stdout, stderr } = spawnSync("/bin/sh", argv, {
    encoding: "utf8",
    env: { PATH: programs(), ...env },
  });
  const [first, ...rest] = stderr.trim().split("\n");
  expect([status, stdout]).toEqual([first === "" ? 0 : 1, ""]);
  if (first !== "")
    expect(first).toMatch(/^The machine that Terraform runs on \(.+\) cannot reach the host, and nothing/);
  return rest;
}

test("nothing, where all is there: no home directory and no agent is needed", () => {
  expect(complaints()).toEqual([]);
});

describe("programs", () => {
  test.each([
    ["ssh", "openssh-client"],
    ["awk", "mawk"],
  ])("%s", (name, debian) => {
    expect(complaints({}, { PATH: programs(name) })).toEqual([
      `- there is no '${name}': install it (Debian: apt-get install ${debian})`,
    ]);
  });
});

test("a user who has no name, without whom ssh does not run", () => {
  const bin = programs("id");
  writeFileSync(path.join(bin, "id"), '#!/bin/sh\n[ "$1" = -u ] && echo 4242\n', { mode: 0o755 });
  expect(complaints({}, { PATH: bin })[0]).toMatch(
    /^- user id 4242 has no line in \/etc\/passwd, and ssh does not run/,
  );
});

describe("the key", () => {
  const told = (name: string, text = readFileSync(identityFile, "utf8"), mode = 0o600) =>
    complaints({ identityFile: file(name, text, mode) }).map((line) => line.replace(place(name), "FILE"));

  test("is not there", () => {
    expect(complaints({ identityFile: "/no/id" })[0]).toMatch(
      /^- ssh\.identityFile: \/no\/id is not there: put it there/,
    );
  });

  test("can be read by others", () => {
    const name = place("open");
    expect(told("open", undefined, 0o640)).toEqual([
      `- ssh.identityFile: others may read or change FILE, and ssh does not use it then: chmod 600 ${name}`,
    ]);
  });

  test("is cut off, as by a variable of one line", () => {
    const lines = readFileSync(identityFile, "utf8").split("\n");
    expect(told("cut", lines.slice(0, 3).join("\n"))[0]).toContain("FILE is no whole private key");
    expect(told("one-line", lines.join(" "))[0]).toContain("FILE is no whole private key");
  });

  test("is something else", () => {
    expect(told("other", "s3cret")).toEqual([
      "- ssh.identityFile: FILE holds no private key: it begins with a line such as -----BEGIN OPENSSH PRIVATE KEY-----",
    ]);
  });

  test("asks for a passphrase, which is fine where an agent holds it, as is its public half alone", () => {
    const locked = keyPair("locked", "passphrase");
    expect(complaints({ identityFile: locked })[0]).toContain("asks for a passphrase, which nobody can type here");
    const agent = { SSH_AUTH_SOCK: "/run/agent" };
    expect(complaints({ identityFile: locked }, agent)).toEqual([]);
    expect(complaints({ identityFile: `${identityFile}.pub` }, agent)).toEqual([]);
  });

  test("lies below ~/: that is the home directory that ssh takes, whatever HOME is", () => {
    const [told] = complaints({ identityFile: "~/no-such-key" }, { HOME: directory });
    expect(told).toContain(`${userInfo().homedir}/no-such-key is not there`);
  });
});

test("files of known hosts and of ssh's configuration that are not there, all at once", () => {
  expect(complaints({ knownHosts: "/no/hosts", configFile: "/no/config", identityFile: "/no/id" })).toEqual([
    expect.stringMatching("^- ssh.configFile: /no/config is not there"),
    expect.stringMatching("^- ssh.identityFile: /no/id is not there"),
    expect.stringMatching("^- ssh.knownHosts: /no/hosts is not there"),
  ]);
  expect(complaints({ knownHosts: directory })).toEqual([
    `- ssh.knownHosts: ${directory} is no file that this user can read`,
  ]);
});

test("a host whose key is not known: what to do stands behind ssh's own words", () => {
  const bin = place("bin with a strict ssh");
  mkdirSync(bin);
  const words = "No ED25519 host key is known for h and you have requested strict checking.";
  writeFileSync(path.join(bin, "ssh"), `#!/bin/sh\necho "${words}" >&2; exit 255\n`, { mode: 0o755 });
  const argv = [script.replace("worker.sh", "probe.sh"), "observe.sh", "--", ...sshShell(whole)];
  const { status, stderr } = spawnSync("sh", argv, {
    encoding: "utf8",
    env: { PATH: `${bin}:${process.env.PATH}` },
  });
  expect(status).toBe(255);
  expect(stderr).toContain(words);
  expect(stderr).toContain("put its line into the file of ssh.knownHosts");
});
