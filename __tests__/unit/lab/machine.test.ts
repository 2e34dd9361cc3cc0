import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheDirectory } from "../../../lab/cache.js";
import { hasLivePid, socketPath } from "../../../lab/engine.js";
import { debianMirror, programPath } from "../../../lab/packages.js";
import { fetchesToolchains } from "../../../lab/parts.js";
import { errorLines } from "../../../lab/start.js";
import { publishedPorts } from "../../../lab/status.js";
import { exportsFor, firstError, forcedKind, forgetOtherProviders, recentEnough } from "../../../lab/terraform.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lab-machine-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function pidFile(pid: string): Promise<string> {
  const file = join(folder, "docker.pid");
  await writeFile(file, pid);
  return file;
}

test("a pid file without a running process was left by a killed engine, and is removed", async () => {
  const file = await pidFile("4711");
  expect(await hasLivePid(file, "dockerd", folder)).toBe(false);
  await expect(stat(file)).rejects.toThrow("ENOENT");
});

test("a pid file with the pid of another program is removed too", async () => {
  const file = await pidFile("4711");
  await mkdir(join(folder, "4711"));
  await writeFile(join(folder, "4711/comm"), "bash\n");
  expect(await hasLivePid(file, "dockerd", folder)).toBe(false);
  await expect(stat(file)).rejects.toThrow("ENOENT");
});

test("the pid file of a running engine is left alone", async () => {
  const file = await pidFile("4711\n");
  await mkdir(join(folder, "4711"));
  await writeFile(join(folder, "4711/comm"), "dockerd\n");
  expect(await hasLivePid(file, "dockerd", folder)).toBe(true);
  expect(await readFile(file, "utf8")).toBe("4711\n");
});

test("an engine on another machine is refused, because the lab mounts folders of this one", () => {
  expect(() => socketPath("tcp://10.0.0.2:2376")).toThrow("The Docker engine is reached at tcp://10.0.0.2:2376");
  expect(socketPath("unix:///run/user/1000/docker.sock")).toBe("/run/user/1000/docker.sock");
});

test.each([
  [
    "one line a source",
    "deb [signed-by=/k.gpg] https://mirror.example.org/debian/ bookworm main\n",
    "https://mirror.example.org/debian",
  ],
  ["deb822", "Types: deb\nURIs: http://ftp.example.org/debian\nSuites: bookworm\n", "http://ftp.example.org/debian"],
  [
    "security sources only",
    "deb http://mirror.example.org/debian-security bookworm-security main",
    "http://deb.debian.org/debian",
  ],
  ["none", "", "http://deb.debian.org/debian"],
])("Debian comes from the mirror this machine uses: %s", (_, sources, mirror) => {
  expect(debianMirror([sources])).toBe(mirror);
});

test("a program is found on PATH, and a missing one is not", async () => {
  expect(await programPath("sh", "/nowhere:/bin:/usr/bin")).toMatch(/\/sh$/);
  expect(await programPath("no-such-program")).toBeUndefined();
});

test("Go fetches newer toolchains by itself from 1.21 on", () => {
  expect(["go1.19.8", "go1.20", "go1.21", "go1.26.1", "go2.0"].map(fetchesToolchains)).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
});

test.each([
  ["Terraform v1.9.8", false],
  ["Terraform v1.10.0-rc1", true],
  ["Terraform v1.11.4", true],
  ["Terraform v2.0.0", true],
  ["OpenTofu v1.10.7", false],
  ["OpenTofu v1.11.0", true],
  ["another program", false],
])("%s is recent enough: %s", (release, enough) => {
  expect(recentEnough(release)).toBe(enough);
});

test("NOCODB_LAB_PROVIDERS is real, stand-in or unset", () => {
  expect([undefined, "", "real", "stand-in"].map(forcedKind)).toEqual([undefined, undefined, "real", "stand-in"]);
  expect(() => forcedKind("fake")).toThrow('NOCODB_LAB_PROVIDERS is "fake". Set it to real or stand-in, or unset it');
});

test("a folder keeps its lock file for the same kind of providers, and loses it for the other kind", async () => {
  const lock = join(folder, ".terraform.lock.hcl");
  await forgetOtherProviders(folder, "real");
  await writeFile(lock, "locked");
  await forgetOtherProviders(folder, "real");
  expect(await readFile(lock, "utf8")).toBe("locked");
  await forgetOtherProviders(folder, "stand-in");
  await expect(stat(lock)).rejects.toThrow("ENOENT");
});

test("the first error in Terraform's output is reported in one line", () => {
  const said =
    "\nError: Failed to query available provider packages\n\nCould not retrieve the list: no\nsuch host\n\nTo see which modules";
  expect(firstError(said)).toBe("Could not retrieve the list: no such host");
  expect(firstError("no answer within 90 s")).toBe("no answer within 90 s");
});

test("the output of a failed deploy is shown from the first error on", () => {
  expect(errorLines("lab  Creating...\nlab  Error: no\n\nlab  because\n")).toBe("lab  Error: no\nlab  because");
});

test("only the published ports of a container are shown", () => {
  expect(publishedPorts("443/udp, 2019/tcp, 127.0.0.1:20443->443/tcp")).toBe("127.0.0.1:20443->443/tcp");
});

describe("the shell needs for cdktf", () => {
  const env = {
    TERRAFORM_BINARY_NAME: "/usr/bin/terraform",
    TF_CLI_CONFIG_FILE: "/mirror.rc",
    TF_PLUGIN_CACHE_DIR: "",
  };

  test("nothing with the real providers and a Terraform on PATH", () => {
    expect(exportsFor({ kind: "real", env }, {})).toBe("");
  });

  test("the configuration that names the stand-ins, without a plugin cache of its own", () => {
    expect(exportsFor({ kind: "stand-in", env }, {})).toBe("export TF_CLI_CONFIG_FILE=/mirror.rc");
    const shell = { TF_CLI_CONFIG_FILE: "/mirror.rc", TF_PLUGIN_CACHE_DIR: "/plugins" };
    expect(exportsFor({ kind: "stand-in", env }, shell)).toBe("export TF_PLUGIN_CACHE_DIR=");
  });

  test("the Terraform that the lab has fetched", () => {
    const fetched = join(cacheDirectory(), "terraform");
    expect(exportsFor({ kind: "real", env: { TERRAFORM_BINARY_NAME: fetched } }, {})).toBe(
      `export TERRAFORM_BINARY_NAME=${fetched}`,
    );
  });
});
