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

/** On every image built here: the key of what it was built from. An image without it came from elsewhere. */
export const KEY_LABEL = "nocodb-lab.key";

/** What a build may use. */
export interface BuildSite {
  readonly report: Report;
  /** The name of the image that all are built on. */
  readonly debian: string;
  /** Resolves when that image is in the engine. */
  readonly haveDebian: () => Promise<void>;
  /** The official image with a docker client, where it can be had. */
  readonly dockerClientImage: string | undefined;
}

interface Recipe {
  /** The folder under lab/images. */
  readonly folder: string;
  /** The files that the Dockerfile expects beside those of its folder: path by name. */
  readonly parts: (site: BuildSite) => Promise<Record<string, string>>;
  /** What the parts are, as far as the folder does not say it. */
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

/** The key of what an image would be built from now. */
export function recipeKey(name: LabImage): Promise<string> {
  return imageKey(RECIPES[name].folder, [process.arch, ...RECIPES[name].versions]);
}

/**
 * Builds an image. The tag moves to it only when it is complete, so an interrupted build leaves the engine as it was.
 * The old builder is asked for because it takes a base image that exists in the engine alone.
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

/** Makes Debian's image from its packages, unless the engine has one of that name. */
export async function importDebian(tag: string, report: Report): Promise<void> {
  if ((await run(["docker", "image", "inspect", tag])).code === 0) return;
  const root = await debianRoot(report);
  const changes = ["--change", `LABEL ${KEY_LABEL}=debian`, "--change", 'CMD ["bash"]'];
  await phase(report, `${tag}, imported`, () => must(["docker", "import", ...changes, root, tag]));
}
