import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { must, run } from "./command.js";
import { type Engine, readyEngine } from "./engine.js";
import { copyImages, ENGINE_RIGHTS } from "./engine-in-container.js";
import { prepareEngineImage } from "./images.js";
import type { DebianRelease } from "./parts.js";
import { phase, type Report } from "./progress.js";
import { eventually } from "./site.js";

/** A kind of Docker host: a Debian release with its own engine, and the PostgreSQL that it has. */
export interface HostKind {
  readonly title: string;
  readonly release: DebianRelease;
  readonly postgresql: string;
  /** Further flags of dockerd. */
  readonly flags: readonly string[];
  /** What its environment file needs beside the lab's. */
  readonly settings: Readonly<Record<string, string>>;
}

const kind = (title: string, release: DebianRelease, postgresql: string, more: Partial<HostKind> = {}): HostKind => ({
  ...{ title, release, postgresql, flags: [], settings: {} },
  ...more,
});

export const HOST_KINDS: Readonly<Record<string, HostKind>> = {
  "debian-12": kind("Debian 12", "bookworm", "postgres:15"),
  "debian-13": kind("Debian 13", "trixie", "postgres:17"),
  forky: kind("Debian 14 (forky)", "forky", "postgres:18"),
  "userns-remap": kind("Debian 13, `userns-remap`", "trixie", "postgres:17", {
    flags: ["--userns-remap=default"],
    settings: { usernsMode: "host" },
  }),
};

/** A running host of a kind: a container with an engine of its own. Only its own network namespace reaches its ports. */
export interface KindHost {
  /** What a command needs in its env to use the engine. */
  readonly env: Readonly<Record<string, string>>;
  /** The start of a command that runs in the host's network namespace. */
  readonly inside: readonly string[];
  readonly engine: Engine;
  readonly remove: () => Promise<void>;
}

/**
 * Starts a new host of that kind, with the given images. The lab's files are at the same path on it as here. Needs root on
 * Linux, to enter its network namespace.
 */
export async function startKind(name: string, images: readonly string[], report: Report): Promise<KindHost> {
  const { title, release, flags } = HOST_KINDS[name]!;
  const container = `nocodb-lab-${name}`;
  const volume = `${container}-engine`;
  const files = join(homedir(), ".nocodb-lab");
  const socket = join(files, `${name}.sock`);
  const remove = async () => {
    await run(["docker", "rm", "--force", "--volumes", container]);
    await run(["docker", "volume", "rm", "--force", volume]);
  };
  const image = await prepareEngineImage(await readyEngine(report), release, report);
  await mkdir(files, { recursive: true, mode: 0o700 });
  await remove();
  return phase(report, `host ${title}`, async () => {
    const mounts = ["--volume", `${volume}:/var/lib/docker`, "--volume", `${files}:${files}`];
    const dockerd = ["--host", `unix://${socket}`, ...flags];
    await must(["docker", "run", "--detach", "--name", container, ...ENGINE_RIGHTS, ...mounts, image, ...dockerd]);
    const env = { DOCKER_HOST: `unix://${socket}` };
    const version = await eventually(60, () =>
      must(["docker", "version", "--format", "{{.Server.Version}}"], { env, timeoutSeconds: 10 }),
    );
    await copyImages(images, socket);
    const pid = await must(["docker", "inspect", "--format", "{{.State.Pid}}", container]);
    const engine = { version, clientSocket: socket, socket };
    return { env, inside: ["nsenter", "--target", pid, "--net"], engine, remove };
  });
}
