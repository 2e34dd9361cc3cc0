import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ProgramFolder, program } from "../../../../constructs/remote-host/program.js";
import { type SshConnection, sshShell } from "../../../../constructs/remote-host/ssh.js";
import { scratch } from "../../support/host-shell.js";

// The checks of the machine that ssh runs on.

const scripts = fileURLToPath(new URL("../../../../constructs/remote-host/", import.meta.url));
const script = path.join(scripts, "preflight.sh");
const local = (name: string) => readFileSync(path.join(scripts, `${name}.sh`), "utf8");
const directory = scratch("preflight");
const place = (name: string) => path.join(directory, name);
const PROGRAMS = ["ssh", "ssh-keygen", "awk", "id", "mktemp", "grep", "sed", "ls", "uname"];

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

/** A folder with the only programs on PATH. */
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

/** The problems it prints, one per line, without the first line. */
function complaints(over: Partial<SshConnection> = {}, env: NodeJS.ProcessEnv = {}): string[] {
  const argv = [script, "remote-host/probe", "--", ...sshShell({ ...whole, ...over })];
  const { status, stdout, stderr } = spawnSync("/bin/sh", argv, {
    encoding: "utf8",
    env: { PATH: programs(), ...env },
  });
  const [first, ...rest] = stderr.trim().split("\n");
  expect([status, stdout]).toEqual([first === "" ? 0 : 1, ""]);
  if (first !== "") expect(first).toMatch(/^This machine \(.+\) cannot reach the host, and nothing/);
  return rest;
}

test("nothing is wrong if everything is there: neither a home directory nor an agent is needed", () => {
  expect(complaints()).toEqual([]);
});

describe("a program is missing:", () => {
  test.each([
    ["ssh", "openssh-client"],
    ["awk", "mawk"],
  ])("%s", (name, debian) => {
    expect(complaints({}, { PATH: programs(name) })).toEqual([
      `- command '${name}' is missing: install it (Debian: apt-get install ${debian})`,
    ]);
  });
});

test("the user has no name, which ssh needs", () => {
  const bin = programs("id");
  writeFileSync(path.join(bin, "id"), '#!/bin/sh\n[ "$1" = -u ] && echo 4242\n', { mode: 0o755 });
  expect(complaints({}, { PATH: bin })[0]).toMatch(/^- user id 4242 has no line in \/etc\/passwd, which ssh needs: /);
});

describe("the key", () => {
  const problems = (name: string, text = readFileSync(identityFile, "utf8"), mode = 0o600) =>
    complaints({ identityFile: file(name, text, mode) }).map((line) => line.replace(place(name), "FILE"));

  test("does not exist", () => {
    expect(complaints({ identityFile: "/no/id" })[0]).toMatch(
      /^- ssh\.identityFile: \/no\/id does not exist: put it there/,
    );
  });

  test("can be read by others", () => {
    const name = place("open");
    expect(problems("open", undefined, 0o640)).toEqual([
      `- ssh.identityFile: other users can read or change FILE, so ssh does not use it: chmod 600 ${name}`,
    ]);
  });

  test("is incomplete, as after a variable of one line", () => {
    const lines = readFileSync(identityFile, "utf8").split("\n");
    expect(problems("cut", lines.slice(0, 3).join("\n"))[0]).toContain("FILE is not a complete private key");
    expect(problems("one-line", lines.join(" "))[0]).toContain("FILE is not a complete private key");
  });

  test("is something else", () => {
    expect(problems("other", "s3cret")).toEqual([
      "- ssh.identityFile: FILE does not hold a private key, which begins with a line such as -----BEGIN OPENSSH PRIVATE KEY-----, and ssh has no agent that could hold it (SSH_AUTH_SOCK, IdentityAgent)",
    ]);
  });

  test("needs a passphrase, which is fine if an agent holds the key, as is its public half alone", () => {
    const locked = keyPair("locked", "passphrase");
    expect(complaints({ identityFile: locked })[0]).toContain("needs a passphrase, which nobody can type here");
    const agent = { SSH_AUTH_SOCK: "/run/agent" };
    expect(complaints({ identityFile: locked }, agent)).toEqual([]);
    expect(complaints({ identityFile: `${identityFile}.pub` }, agent)).toEqual([]);
  });

  test("may be held by an agent that ssh is told of, and not by one that it is told to ignore", () => {
    const held = `${keyPair("held")}.pub`;
    const config = file("config", "Host h\n  IdentityAgent /run/my-agent\n");
    expect(complaints({ identityFile: held, configFile: config })).toEqual([]);
    expect(complaints({ identityFile: held, options: { IdentityAgent: "/run/my-agent" } })).toEqual([]);
    expect(complaints({ identityFile: held, options: { IdentityAgent: "SSH_AUTH_SOCK" } })[0]).toContain(
      "has no agent",
    );
    const ignored = complaints(
      { identityFile: held, options: { IdentityAgent: "none" } },
      { SSH_AUTH_SOCK: "/run/agent" },
    );
    expect(ignored[0]).toContain("ssh has no agent that could hold it");
  });

  test("may have a path with a blank", () => {
    expect(complaints({ identityFile: keyPair("with a blank"), knownHosts: file("known hosts", "") })).toEqual([]);
    expect(complaints({ identityFile: "/no such/id" })[0]).toContain("ssh.identityFile: /no such/id does not exist");
  });

  test("is below ~/: the home directory that ssh uses, whatever HOME is", () => {
    const [problem] = complaints({ identityFile: "~/no-such-key" }, { HOME: directory });
    expect(problem).toContain(`${userInfo().homedir}/no-such-key does not exist`);
  });
});

test("missing files of known hosts and of ssh's configuration are reported together", () => {
  expect(complaints({ knownHosts: "/no/hosts", configFile: "/no/config", identityFile: "/no/id" })).toEqual([
    expect.stringMatching("^- ssh.configFile: /no/config does not exist"),
    expect.stringMatching("^- ssh.identityFile: /no/id does not exist"),
    expect.stringMatching("^- ssh.knownHosts: /no/hosts does not exist"),
  ]);
  expect(complaints({ knownHosts: directory })).toEqual([
    `- ssh.knownHosts: ${directory} is not a file that this user can read`,
  ]);
});

test("for an unknown host key, the remedy follows ssh's own message", () => {
  const folder = new ProgramFolder();
  for (const name of ["run-probe", "run-remote", "preflight"]) folder.write(name, local(name));
  folder.write("remote-host/probe", program("remote-host/probe").text);
  const bin = place("bin with a strict ssh");
  mkdirSync(bin);
  const message = "No ED25519 host key is known for h and you have requested strict checking.";
  writeFileSync(path.join(bin, "ssh"), `#!/bin/sh\necho "${message}" >&2; exit 255\n`, { mode: 0o755 });
  const argv = [path.join(folder.path, "run-probe.sh"), "remote-host/probe", "--", ...sshShell(whole)];
  const { status, stderr } = spawnSync("sh", argv, {
    encoding: "utf8",
    env: { PATH: `${bin}:${process.env.PATH}` },
  });
  expect(status).toBe(255);
  expect(stderr).toContain(message);
  expect(stderr).toContain("add its line to the file of ssh.knownHosts");
});
