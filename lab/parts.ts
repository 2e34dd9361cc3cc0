import { chmod, copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedPart, contentKey, filesIn } from "./cache.js";
import { must, run } from "./command.js";
import { ensurePrograms, ownDebianMirror, programPath } from "./packages.js";
import { LabProblem } from "./problem.js";
import { phase, type Report } from "./progress.js";

export const CADDY_VERSION = "2.11.9";
export const VERSITYGW_VERSION = "1.8.0";
/** The Go version that the sources of both need; an older Go >= 1.21 fetches it by itself. */
const GO_TOOLCHAIN = "1.26.0";
/** The releases of Debian that lab images are based on; each has its own versions of Docker and PostgreSQL. */
export type DebianRelease = "bookworm" | "trixie" | "forky";

/** The folder with an image's Dockerfile. */
export function imageFolder(name: string): string {
  return fileURLToPath(new URL(`./images/${name}`, import.meta.url));
}

/** A tar of the files of a minimal Debian. Needs root. */
export function debianRoot(release: DebianRelease, report: Report): Promise<string> {
  return cachedPart(`debian-${release}-${process.arch}.tar`, async (work) => {
    if (process.getuid?.() !== 0 || process.platform !== "linux") {
      throw new LabProblem(
        "Docker Hub does not answer, and only root on Linux can build an image of Debian",
        `Make Docker Hub reachable for the engine, load debian:${release}-slim into it (docker load), or run this as root on Debian`,
      );
    }
    await ensurePrograms({ debootstrap: "debootstrap" }, report);
    return phase(report, `Debian ${release}, by debootstrap`, async () => {
      const mirror = await ownDebianMirror();
      // An older debootstrap does not know a newer release by name; the script for all of them is that of `sid`.
      const script = "/usr/share/debootstrap/scripts/sid";
      await must(["debootstrap", "--variant=minbase", release, join(work, "root"), mirror, script]);
      const tar = join(work, "root.tar");
      await must(["tar", "-C", join(work, "root"), "--exclude=./var/cache/apt/archives/*.deb", "-cf", tar, "."]);
      return tar;
    });
  });
}

/** A tar of NocoDB's npm package with its dependencies and Node.js. */
export async function nocodbTree(report: Report): Promise<string> {
  const packageFile = join(imageFolder("nocodb"), "package.json");
  const key = contentKey({ package: await readFile(packageFile), leftOut: LEFT_OUT.join() });
  return cachedPart(`nocodb-${process.arch}-${key}.tar`, (work) =>
    phase(report, "NocoDB, by npm install", async () => {
      await copyFile(packageFile, join(work, "package.json"));
      const quiet = ["--omit=dev", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
      await must(["npm", "install", "--ignore-scripts", ...quiet], { cwd: work });
      const tar = join(work, "app.tar");
      await must(["tar", "-C", work, ...LEFT_OUT.map((name) => `--exclude=${name}`), "-cf", tar, "node_modules"]);
      return tar;
    }),
  );
}

/** Half of the package's 1.4 GB is not needed to run it. */
const LEFT_OUT = [
  "*.map",
  "*.d.ts",
  "*.d.mts",
  "*.d.cts",
  "*.md",
  "node_modules/sqlite3/deps",
  "node_modules/node-linux-*/include",
  "node_modules/node-linux-*/share",
];

/** The Caddy program, from its sources. */
export function caddyProgram(report: Report): Promise<string> {
  return goInstalled("caddy", CADDY_VERSION, "github.com/caddyserver/caddy/v2/cmd/caddy", report);
}

/** The program of Versity's S3 gateway, from its sources. */
export function versitygwProgram(report: Report): Promise<string> {
  return goInstalled("versitygw", VERSITYGW_VERSION, "github.com/versity/versitygw/cmd/versitygw", report);
}

function goInstalled(program: string, version: string, source: string, report: Report): Promise<string> {
  return cachedPart(`${program}-${version}-${process.arch}`, async (work) => {
    const go = await goProgram(report);
    return phase(report, `${program} ${version}, by go install`, async () => {
      const env = { GOBIN: work, GOOS: "linux", CGO_ENABLED: "0" };
      await must([go, "install", "-trimpath", "-ldflags", "-s -w", `${source}@v${version}`], { env, cwd: work });
      return join(work, program);
    });
  });
}

/**
 * A Go that can build them. Debian's own is too old, but every Go can fetch a newer one through the module proxy: from
 * 1.21 on by itself, before that as an ordinary module.
 */
async function goProgram(report: Report): Promise<string> {
  const usual = "/usr/local/go/bin/go";
  let go = (await programPath("go")) ?? (await programPath("go", "/usr/local/go/bin"));
  if (!go) {
    await ensurePrograms({ go: "golang-go" }, report);
    go = (await programPath("go")) ?? usual;
  }
  if (fetchesToolchains(await must([go, "env", "GOVERSION"]))) return go;
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const module = `golang.org/toolchain@v0.0.1-go${GO_TOOLCHAIN}.linux-${architecture}`;
  return phase(report, `Go ${GO_TOOLCHAIN}, by go mod download`, async () => {
    const said = await must([go, "mod", "download", "-json", module]);
    const folder = (JSON.parse(said) as { Dir: string }).Dir;
    await makeRunnable(join(folder, "bin"));
    await makeRunnable(join(folder, "pkg/tool", `linux_${architecture}`));
    return join(folder, "bin/go");
  });
}

/** Can a Go of this version ("go1.19.8") fetch the toolchain that a module asks for? */
export function fetchesToolchains(version: string): boolean {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 21);
}

/** Go unpacks modules without execute permissions. */
async function makeRunnable(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o755);
}

/** Debian's docker client, extracted from its package in a container of `debianImage`. */
export function debianDockerClient(debianImage: string, report: Report): Promise<string> {
  return cachedPart(`docker-client-bookworm-${process.arch}`, (work) =>
    phase(report, "Docker client, by apt-get download", async () => {
      const script = `set -eu; cd /tmp; apt-get update -q >&2; apt-get download docker.io >&2
        dpkg-deb --fsys-tarfile docker.io_*.deb | tar -xf - ./usr/bin/docker`;
      return fromContainer(debianImage, ["sh", "-c", script], "/tmp/usr/bin/docker", join(work, "docker"));
    }),
  );
}

/** The official client of `image` (docker:…-cli), for engines that no longer support Debian's. */
export function officialDockerClient(image: string, report: Report): Promise<string> {
  return cachedPart(`docker-client-${image.replace(/\W/g, "-")}-${process.arch}`, (work) =>
    phase(report, `Docker client, from ${image}`, () =>
      fromContainer(image, ["true"], "/usr/local/bin/docker", join(work, "docker")),
    ),
  );
}

/** Runs a command in a new container and copies one file from it. */
async function fromContainer(image: string, command: readonly string[], path: string, to: string): Promise<string> {
  const container = await must(["docker", "create", "--network", "host", image, ...command]);
  try {
    await must(["docker", "start", "--attach", container]);
    await mkdir(join(to, ".."), { recursive: true });
    await must(["docker", "cp", "--follow-link", `${container}:${path}`, to]);
    return to;
  } finally {
    await run(["docker", "rm", "--force", "--volumes", container]);
  }
}

/** The key of an image: the files in its folder, and the other parts. */
export async function imageKey(name: string, parts: readonly string[]): Promise<string> {
  return contentKey({ ...(await filesIn(imageFolder(name))), "(parts)": parts.join("\n") });
}
