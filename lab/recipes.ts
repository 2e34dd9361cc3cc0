import { cp, link } from "node:fs/promises";
import { join } from "node:path";
import { inWorkFolder } from "./cache.js";
import { must, run } from "./command.js";
import type { LabImage } from "./images.js";
import {
  CADDY_VERSION,
  caddyProgram,
  debianDockerClient,
  debianRoot,
  imageFolder,
  imageKey,
  nocodbTree,
  officialDockerClient,
} from "./parts.js";
import { phase, type Report } from "./progress.js";

/** The label of every image that was built here; its value is the key of the image's sources. */
export const KEY_LABEL = "nocodb-lab.key";

/** What a build can use. */
export interface BuildSite {
  readonly report: Report;
  /** The base image of all builds. */
  readonly debian: string;
  /** Resolves when the engine has that image. */
  readonly haveDebian: () => Promise<void>;
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
}

const RECIPES: Record<LabImage, Recipe> = {
  nocodb: {
    folder: "nocodb",
    parts: async ({ report }) => ({ "app.tar": await nocodbTree(report) }),
    versions: [],
  },
  postgresql: { folder: "postgres", parts: async () => ({}), versions: [] },
  caddy: {
    folder: "caddy",
    parts: async ({ report }) => ({ caddy: await caddyProgram(report) }),
    versions: [CADDY_VERSION],
  },
  sshd: { folder: "sshd", parts: async (site) => ({ docker: await dockerClient(site) }), versions: [] },
};

async function dockerClient(site: BuildSite): Promise<string> {
  if (site.dockerClientImage) return officialDockerClient(site.dockerClientImage, site.report);
  await site.haveDebian();
  return debianDockerClient(site.debian, site.report);
}

/** The key of an image's current sources. */
export function recipeKey(name: LabImage): Promise<string> {
  return imageKey(RECIPES[name].folder, [process.arch, ...RECIPES[name].versions]);
}

/**
 * Builds an image. Only a complete image gets the tag, so an interrupted build leaves the engine unchanged. BuildKit is
 * off because it cannot use a base image that exists only in the engine.
 */
export async function buildImage(name: LabImage, tag: string, site: BuildSite): Promise<void> {
  const recipe = RECIPES[name];
  const [parts] = await Promise.all([recipe.parts(site), site.haveDebian()]);
  const label = `${KEY_LABEL}=${await recipeKey(name)}`;
  await phase(site.report, `${tag}, built`, () =>
    inWorkFolder(async (work) => {
      const context = join(work, "context");
      await cp(imageFolder(recipe.folder), context, { recursive: true });
      for (const [file, path] of Object.entries(parts)) await link(path, join(context, file));
      const argv = ["docker", "build", "--network", "host", "--force-rm", "--label", label, "--tag", tag, context];
      await must(argv, { env: { DOCKER_BUILDKIT: "0" } });
    }),
  );
}

/** Makes an image of Debian from its packages, unless the engine has an image of that name. */
export async function importDebian(tag: string, report: Report): Promise<void> {
  if ((await run(["docker", "image", "inspect", tag])).code === 0) return;
  const root = await debianRoot(report);
  const changes = ["--change", `LABEL ${KEY_LABEL}=debian`, "--change", 'CMD ["bash"]'];
  await phase(report, `${tag}, imported`, () => must(["docker", "import", ...changes, root, tag]));
}
