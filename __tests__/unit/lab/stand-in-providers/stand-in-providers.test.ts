import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROVIDERS } from "../../../../constructs/remote-host/providers.js";
import { sshArguments } from "../../../../lab/stand-in-providers/docker/ssh.js";
import { formatCpus, formatDuration, parseDuration } from "../../../../lab/stand-in-providers/docker/units.js";
import { prepareStandIns } from "../../../../lab/stand-in-providers/index.js";
import { randomPassword } from "../../../../lab/stand-in-providers/random.js";

describe("The ssh command of the docker stand-in", () => {
  it("is the real provider's, argument by argument", () => {
    const options = ["-i", "~/.ssh/key", "-o", "BatchMode=yes"];
    expect(sshArguments("ssh://deploy@example.org:2222", options)).toEqual([
      ...["-l", "deploy", "-p", "2222", "-i", "~/.ssh/key", "-o", "BatchMode=yes", "-o ConnectTimeout=30", "-T"],
      ...["--", "example.org", "docker system dial-stdio"],
    ]);
  });

  it("keeps a given time limit and -T, and removes the brackets of an IPv6 address", () => {
    expect(sshArguments("ssh://[::1]", ["-o", "ConnectTimeout=5", "-T"])).toEqual([
      ...["-o", "ConnectTimeout=5", "-T", "--", "::1", "docker system dial-stdio"],
    ]);
  });
});

describe("Units of the docker stand-in", () => {
  it.each([
    ["30s", 30e9],
    ["1m30s", 90e9],
    ["1m0s", 60e9],
    ["1h0m0s", 3600e9],
    ["500ms", 5e8],
    ["1.5s", 1.5e9],
    ["0s", 0],
  ])("reads %s and writes it the same way", (text, nanoseconds) => {
    expect(parseDuration(text)).toBe(nanoseconds);
    expect(formatDuration(nanoseconds)).toBe(text);
  });

  it("writes a duration as Go does, whatever its spelling was", () => {
    expect(formatDuration(parseDuration("60s")!)).toBe("1m0s");
  });

  it.each(["", "30", "s", "1d", "1m 30s", "-5s"])("does not accept '%s' as a duration", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([
    [0.5, "0.5"],
    [1, "1.0"],
    [1.25, "1.25"],
    [10, "10."],
  ])("reads %d cpus back as the real provider does: %s", (cpus, text) => {
    expect(formatCpus(cpus * 1e9)).toBe(text);
  });
});

describe("A generated password", () => {
  const all = { lower: true, upper: true, numeric: true, special: true };
  const none = { min_lower: 0, min_upper: 0, min_numeric: 0, min_special: 0, override_special: null };

  it("has its length and its minimums", () => {
    const password = randomPassword({ ...all, ...none, length: 12, min_numeric: 4, min_special: 6 });
    expect(password).toHaveLength(12);
    expect(password.replace(/\D/g, "").length).toBeGreaterThanOrEqual(4);
    expect(password.replace(/[A-Za-z0-9]/g, "").length).toBeGreaterThanOrEqual(6);
  });

  it("has only the requested characters", () => {
    const wanted = { ...none, length: 400, lower: false, upper: false, numeric: true, special: true };
    expect(randomPassword({ ...wanted, override_special: "_-" })).toMatch(/^[0-9_-]{400}$/);
  });

  it("has its length in characters, of however many bytes", () => {
    const wanted = { ...none, length: 8, lower: false, upper: false, numeric: false, special: true };
    expect(randomPassword({ ...wanted, override_special: "\u{1F511}" })).toBe("\u{1F511}".repeat(8));
  });

  it("uses each character about equally often", () => {
    const digits = { ...none, length: 50_000, lower: false, upper: false, numeric: true, special: false };
    const counts = new Map<string, number>();
    for (const digit of randomPassword(digits)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    // 5000 of each are expected, with a deviation of 67: six of them.
    for (const count of counts.values()) expect(Math.abs(count - 5000)).toBeLessThan(402);
    expect(counts.size).toBe(10);
  });
});

describe("The folder of the stand-ins", () => {
  it("imports only the pinned versions from outside, so that it can be used without this project", async () => {
    const folder = "lab/stand-in-providers";
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".ts"));
    const imports = files.map(async (file) => {
      const text = await readFile(join(folder, file), "utf8");
      const paths = [...text.matchAll(/(?:from |import\()"(\.[^"]+)"/g)].map(([, path]) =>
        join(folder, file, "..", path!),
      );
      return paths
        .filter((path) => !path.startsWith(`${folder}/`) && path !== "constructs/remote-host/providers.js")
        .map((path) => `${file} imports ${path}`);
    });
    expect(files.length).toBeGreaterThan(20);
    expect((await Promise.all(imports)).flat()).toEqual([]);
  });
});

describe("The mirror of the stand-ins", () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "stand-ins-"));
  });
  afterEach(() => rm(cache, { recursive: true }));

  const { version } = PROVIDERS.null;
  const home = () => join(cache, "stand-in-providers");
  const wrapper = (registry: string) =>
    join(home(), `mirror/${registry}/hashicorp/null/${version}/linux_amd64/terraform-provider-null_v${version}`);

  it("contains no path, so that its bytes do not depend on the clone or the cache folder", async () => {
    await prepareStandIns(cache);
    const text = await readFile(wrapper("registry.terraform.io"), "utf8");
    expect(text).not.toContain(cache);
    expect(text).not.toContain(process.cwd());
    expect(await readFile(wrapper("registry.opentofu.org"), "utf8")).toBe(text);
  });

  it("starts a provider without the clone, and a provider started by hand explains itself", async () => {
    await prepareStandIns(cache);
    const env = { PATH: process.env.PATH };
    const started = promisify(execFile)(wrapper("registry.terraform.io"), { cwd: "/", env });
    await expect(started).rejects.toThrow("This is a Terraform provider: Terraform starts it.");
  });

  it("is completed if a file of it was lost, and otherwise stays as it is", async () => {
    const { cliConfigFile } = await prepareStandIns(cache);
    const files = (await readdir(home(), { recursive: true })).sort();
    await writeFile(wrapper("registry.terraform.io"), "half a wr");
    await rm(cliConfigFile);
    await prepareStandIns(cache);
    expect((await readdir(home(), { recursive: true })).sort()).toEqual(files);
    expect(await readFile(wrapper("registry.terraform.io"), "utf8")).toMatch(/^#!\/bin\/sh\n/);
  });

  it("replaces a truncated bundle", async () => {
    await prepareStandIns(cache);
    const bundle = (await readdir(home())).find((file) => file.startsWith("provider-"))!;
    await truncate(join(home(), bundle), 1000);
    await prepareStandIns(cache);
    expect((await readFile(join(home(), bundle))).length).toBeGreaterThan(100_000);
  });
});
