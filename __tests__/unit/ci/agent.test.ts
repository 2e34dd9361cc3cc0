import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test } from "vitest";
import { scratch } from "../support/host-shell.js";

// The scripts of ci/agent/: an agent's hooks.

const script = (name: string) => fileURLToPath(new URL(`../../../ci/agent/${name}-ssh-files.sh`, import.meta.url));
const base = scratch("ssh-files");
let directory: string;
let count = 0;
beforeEach(() => {
  directory = path.join(base, String(count++), "ssh");
});

execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(base, "key")]);
const key = readFileSync(path.join(base, "key"), "utf8");
const knownHosts = "host.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ\nbastion.example.com ssh-ed25519 AAAAC3Nz";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const given = { NOCODB_SSH_KEY: key, NOCODB_SSH_KNOWN_HOSTS: knownHosts };

function run(name: "place" | "remove", env: Record<string, string> = given, mask = "000") {
  const argv = ["-c", `umask ${mask}; exec sh "$1"`, "sh", script(name)];
  const all = { PATH: process.env.PATH, NOCODB_SSH_DIRECTORY: directory, ...env };
  const { status, stdout, stderr } = spawnSync("sh", argv, { encoding: "utf8", env: all });
  expect(stdout).toBe("");
  return { status, stderr: stderr.replaceAll(directory, "DIRECTORY") };
}

const mode = (file = "") => (statSync(path.join(directory, file)).mode & 0o777).toString(8);
const read = (file: string) => readFileSync(path.join(directory, file), "utf8");
const done = { status: 0, stderr: "" };

describe("placing the files", () => {
  test("prints nothing, and makes them readable for their owner only, whatever the umask", () => {
    expect(run("place")).toEqual(done);
    expect([mode(), mode("id"), mode("known_hosts")]).toEqual(["700", "600", "600"]);
    expect(readdirSync(directory).sort()).toEqual(["id", "known_hosts"]);
  });

  test("takes plain text, with the line end that ssh expects, and base64 in any form", () => {
    expect(run("place", { ...given, NOCODB_SSH_KEY: key.trimEnd() })).toEqual(done);
    expect([read("id"), read("known_hosts")]).toEqual([key, `${knownHosts}\n`]);
    const broken = base64(key).replace(/.{60}/g, "$&\n");
    expect(run("place", { NOCODB_SSH_KEY: broken, NOCODB_SSH_KNOWN_HOSTS: base64(knownHosts) })).toEqual(done);
    expect([read("id"), read("known_hosts")]).toEqual([key, knownHosts]);
    expect(() => execFileSync("ssh-keygen", ["-y", "-P", "", "-f", path.join(directory, "id")])).not.toThrow();
  });

  test("takes lines that end as on Windows", () => {
    const [text, wrapped] = [key, base64(key).replace(/.{60}/g, "$&\n")].map((each) => each.replaceAll("\n", "\r\n"));
    for (const value of [text!, wrapped!]) {
      expect(run("place", { ...given, NOCODB_SSH_KEY: value })).toEqual(done);
      expect(read("id")).toBe(key);
    }
  });

  test("replaces the files of the last run, even if others could read them", () => {
    run("place");
    chmodSync(path.join(directory, "id"), 0o644);
    expect(run("place", { ...given, NOCODB_SSH_KEY: base64(key) })).toEqual(done);
    expect(mode("id")).toBe("600");
  });

  test.each([
    [
      "NOCODB_SSH_KEY",
      "",
      "is not set: it holds the private key, as printed by: base64 <~/.ssh/id_ed25519 | tr -d '\\n'",
    ],
    ["NOCODB_SSH_KEY", "s3cret!", "is neither text nor base64: set it to the output of: base64 <FILE | tr -d '\\n'"],
    [
      "NOCODB_SSH_KEY",
      key.replaceAll("\n", " "),
      "is not a private key of several lines: set it to the output of: base64 <FILE | tr -d '\\n'",
    ],
    ["NOCODB_SSH_KNOWN_HOSTS", "", "is not set: it holds the host's verified line of a known_hosts file"],
  ])("names %s if it is %j, without its value, and leaves nothing", (name, value, message) => {
    expect(run("place", { ...given, [name]: value })).toEqual({ status: 1, stderr: `${name} ${message}\n` });
    expect(readdirSync(directory)).toEqual([]);
  });

  test("writes nothing into a directory that others may write to, or through a link", () => {
    const refused = {
      status: 1,
      stderr: "NOCODB_SSH_DIRECTORY: DIRECTORY is not this user's alone: remove it, or name another one\n",
    };
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o777);
    expect(run("place")).toEqual(refused);
    expect(readdirSync(directory)).toEqual([]);
    const elsewhere = `${directory}-elsewhere`;
    mkdirSync(elsewhere, { mode: 0o700 });
    chmodSync(directory, 0o700);
    directory = `${directory}-link`;
    symlinkSync(elsewhere, directory);
    expect(run("place")).toEqual(refused);
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe("removing them", () => {
  test("leaves nothing, and may run twice", () => {
    run("place");
    expect(run("remove", {})).toEqual(done);
    expect(existsSync(directory)).toBe(false);
    expect(run("remove", {})).toEqual(done);
  });

  test("does not touch the target of a link", () => {
    run("place");
    const elsewhere = directory;
    directory = `${directory}-link`;
    symlinkSync(elsewhere, directory);
    expect(run("remove", {})).toEqual(done);
    expect(readdirSync(elsewhere).sort()).toEqual(["id", "known_hosts"]);
  });
});
