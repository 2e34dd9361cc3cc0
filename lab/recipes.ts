import { cp, link } from "node:fs/promises";
import { join } from "node:path";
import { inWorkFolder } from "./cache.js";
import { must, run } from "./command.js";
import type { LabImage } from "./images.js";
import {
  CADDY_VERSION,
  caddyProgram,
  type DebianRelease,
  debianDockerClient,
  debianRoot,
  imageFolder,
  imageKey,
  nocodbTree,
  officialDockerClient,
  VERSITYGW_VERSION,
  versitygwProgram,
} from "./parts.js";
import { LabProblem } from "./problem.js";
import { phase, type Report } from "./progress.js";

/** The label of every image that was built here; its value is the key of the image's sources. */
export const KEY_LABEL = "nocodb-lab.key";

/** What a build can use. */
export interface BuildSite {
  readonly report: Report;
  /** Resolves when the engine has the image of that release. */
  readonly haveDebian: (release: DebianRelease) => Promise<void>;
  /** The official image with a docker client, if the engine can pull it. */
  readonly dockerClientImage: string | undefined;
}

interface Recipe {
  /** The folder under lab/images. */
  readonly folder: string;
  /** More files that the Dockerfile expects in its folder: path by name. */
  readonly parts: (site: BuildSite) => Promise<Record<string, string>>;
  /** The versions of those files, for the key. */
  readonly versions: readonly string[];
  /** @default bookworm */
  readonly release?: DebianRelease;
}

/**
 * An image that the lab builds: one of a host's, `engine`, which is a host with an engine of its own, or one of a cluster's
 * services.
 */
export type BuiltImage = LabImage | "engine" | "redis" | "s3";

const RECIPES: Record<BuiltImage, (tag: string) => Recipe> = {
  nocodb: () => ({
    folder: "nocodb",
    parts: async ({ report }) => ({ "app.tar": await nocodbTree(report) }),
    versions: [],
  }),
  postgresql: (tag) => ({
    folder: "postgres",
    parts: async () => ({}),
    versions: [],
    release: releaseWithPostgresql(tag),
  }),
  caddy: () => ({
    folder: "caddy",
    parts: async ({ report }) => ({ caddy: await caddyProgram(report) }),
    versions: [CADDY_VERSION],
  }),
  sshd: () => ({ folder: "sshd", parts: async (site) => ({ docker: await dockerClient(site) }), versions: [] }),
  engine: (tag) => ({
    folder: "engine",
    parts: async () => ({}),
    versions: [],
    release: tag.split(":")[1] as DebianRelease,
  }),
  redis: () => ({ folder: "redis", parts: async () => ({}), versions: [] }),
  s3: () => ({
    folder: "s3",
    parts: async ({ report }) => ({ versitygw: await versitygwProgram(report) }),
    versions: [VERSITYGW_VERSION],
  }),
};

const POSTGRESQL_OF_DEBIAN: Record<string, DebianRelease> = { "15": "bookworm", "17": "trixie", "18": "forky" };

function releaseWithPostgresql(tag: string): DebianRelease {
  const release = POSTGRESQL_OF_DEBIAN[tag.split(":")[1] ?? ""];
  if (release) return release;
  const tags = Object.keys(POSTGRESQL_OF_DEBIAN).map((major) => `postgres:${major}`);
  throw new LabProblem(`${tag} can neither be pulled nor built`, `The lab builds ${tags.join(", ")}`);
}

/** The image of a host with that release's own engine. */
export const engineImage = (release: DebianRelease) => `nocodb-lab/engine:${release}`;

/** The image with which a recipe's Dockerfile begins. */
export const debianImage = (release: DebianRelease = "bookworm") => `debian:${release}-slim`;

async function dockerClient(site: BuildSite): Promise<string> {
  if (site.dockerClientImage) return officialDockerClient(site.dockerClientImage, site.report);
  await site.haveDebian("bookworm");
  return debianDockerClient(debianImage("bookworm"), site.report);
}

/** The release that an image is based on. */
export function releaseOf(name: BuiltImage, tag: string): DebianRelease {
  return RECIPES[name](tag).release ?? "bookworm";
}

/** The key of an image's current sources. */
export function recipeKey(name: BuiltImage, tag: string): Promise<string> {
  const { folder, versions, release } = RECIPES[name](tag);
  return imageKey(folder, [process.arch, ...versions, ...(release ? [release] : [])]);
}

/**
 * Builds an image. Only a complete image gets the tag, so an interrupted build leaves the engine unchanged. BuildKit is
 * off because it cannot use a base image that exists only in the engine.
 */
export async function buildImage(name: BuiltImage, tag: string, site: BuildSite): Promise<void> {
  const { folder, ...recipe } = RECIPES[name](tag);
  const release = releaseOf(name, tag);
  const [parts] = await Promise.all([recipe.parts(site), site.haveDebian(release)]);
  const label = `${KEY_LABEL}=${await recipeKey(name, tag)}`;
  const build = ["docker", "build", "--network", "host", "--force-rm", "--build-arg", `DEBIAN=${debianImage(release)}`];
  await phase(site.report, `${tag}, built`, () =>
    inWorkFolder(async (work) => {
      const context = join(work, "context");
      await cp(imageFolder(folder), context, { recursive: true });
      for (const [file, path] of Object.entries(parts)) await link(path, join(context, file));
      await must([...build, "--label", label, "--tag", tag, context], { env: { DOCKER_BUILDKIT: "0" } });
    }),
  );
}

/** Makes an image of Debian from its packages, unless the engine has an image of that name. */
export async function importDebian(release: DebianRelease, report: Report): Promise<void> {
  const tag = debianImage(release);
  if ((await run(["docker", "image", "inspect", tag])).code === 0) return;
  const root = await debianRoot(release, report);
  const changes = ["--change", `LABEL ${KEY_LABEL}=debian`, "--change", 'CMD ["bash"]'];
  await phase(report, `${tag}, imported`, () => must(["docker", "import", ...changes, root, tag]));
}
