import { sweepWorkFolders } from "./cache.js";
import { must, run } from "./command.js";
import type { Engine } from "./engine.js";
import { alone } from "./lock.js";
import { CADDY_VERSION, type DebianRelease } from "./parts.js";
import { phase, type Report, secondsSince } from "./progress.js";
import {
  type BuildSite,
  type BuiltImage,
  buildImage,
  debianImage,
  engineImage,
  importDebian,
  KEY_LABEL,
  recipeKey,
  releaseOf,
} from "./recipes.js";
import { obtainable } from "./registry.js";

/** The images of the lab's containers. All but the last are official images, which the lab builds if it cannot pull them. */
export const IMAGES = {
  /** The newest release that can be built without Docker Hub; NOCODB_LAB_IMAGE names another one, where it can be pulled. */
  nocodb: process.env.NOCODB_LAB_IMAGE ?? "nocodb/nocodb:0.301.3",
  postgresql: process.env.NOCODB_LAB_POSTGRESQL ?? "postgres:15",
  caddy: `caddy:${CADDY_VERSION}`,
  sshd: "nocodb-lab/sshd:2",
} as const;

export type LabImage = keyof typeof IMAGES;
export type Origin = "official" | "built here";

const NAMES = Object.keys(IMAGES) as LabImage[];
const RELEASES: readonly DebianRelease[] = ["bookworm", "trixie", "forky"];
/** Supports engines from API 1.24 on; Debian's own client ends at 1.41, which engines from 29 on refuse. */
const DOCKER_CLIENT = "docker:28-cli";

/**
 * Makes sure that the engine has every image of the lab: present ones are used, official ones are pulled if the engine can
 * reach their registry, and the others are built here, in parallel.
 */
export async function prepareImages(engine: Engine, report: Report): Promise<Record<LabImage, Origin>> {
  const there = await presentImages();
  const complete = NAMES.every((name) => there[name]);
  if (complete) return announced(there as Record<LabImage, Origin>, "", report);
  return alone("images", report, () => completeImages(engine, report));
}

async function completeImages(engine: Engine, report: Report): Promise<Record<LabImage, Origin>> {
  const start = performance.now();
  await sweepWorkFolders();
  const there = await presentImages(); // again: another run may have built them meanwhile
  const missing = NAMES.filter((name) => !there[name]);
  const bases = [...RELEASES.map(debianImage), DOCKER_CLIENT];
  const offered = await obtainable(engine, [...missing.map((name) => IMAGES[name]), ...bases]);
  const origin = (name: LabImage): Origin => there[name] ?? (offered.has(IMAGES[name]) ? "official" : "built here");
  const origins = Object.fromEntries(NAMES.map((name) => [name, origin(name)])) as Record<LabImage, Origin>;
  announced(origins, offered.size === 0 ? " (Docker Hub does not answer)" : "", report);

  const site = buildSite(offered, report);
  const work = missing.map((name) =>
    origins[name] === "official" ? pull(IMAGES[name], report) : buildImage(name, IMAGES[name], site),
  );
  // One failure ends all, but only after the others have cleaned up.
  const failed = (await Promise.allSettled(work)).find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  report(`${secondsSince(start).padStart(8)}  images, all together`);
  return origins;
}

function buildSite(offered: ReadonlySet<string>, report: Report): BuildSite {
  const bases = new Map<DebianRelease, Promise<void>>();
  const get = (release: DebianRelease) =>
    offered.has(debianImage(release)) ? pull(debianImage(release), report) : importDebian(release, report);
  return {
    report,
    haveDebian: (release) => {
      if (!bases.has(release)) bases.set(release, get(release));
      return bases.get(release)!;
    },
    dockerClientImage: offered.has(DOCKER_CLIENT) ? DOCKER_CLIENT : undefined,
  };
}

/**
 * Makes sure that the engine has the image of a host with that release's own engine.
 *
 * @returns the image's name
 */
export async function prepareEngineImage(engine: Engine, release: DebianRelease, report: Report): Promise<string> {
  const tag = engineImage(release);
  await prepareBuiltImage(engine, "engine", tag, report);
  return tag;
}

/** Makes sure that the engine has an image that is always built here. */
export async function prepareBuiltImage(engine: Engine, name: BuiltImage, tag: string, report: Report): Promise<void> {
  const built = await run(["docker", "image", "inspect", "--format", BUILT_FROM, tag]);
  if (built.code === 0 && built.stdout.trim() === (await recipeKey(name, tag))) return;
  const site = buildSite(await obtainable(engine, [debianImage(releaseOf(name, tag))]), report);
  await alone("images", report, () => buildImage(name, tag, site));
}

/** The key of the sources that an image was built from here; empty for another image. */
const BUILT_FROM = `{{with .Config.Labels}}{{index . "${KEY_LABEL}"}}{{end}}`;

/** The origin of each image that the engine has. An image that was built here from other sources does not count. */
async function presentImages(): Promise<Partial<Record<LabImage, Origin>>> {
  const found = await Promise.all(
    NAMES.map(async (name): Promise<[LabImage, Origin | undefined]> => {
      const image = await run(["docker", "image", "inspect", "--format", BUILT_FROM, IMAGES[name]]);
      if (image.code !== 0) return [name, undefined];
      const key = image.stdout.trim();
      if (key === "") return [name, "official"];
      return [name, key === (await recipeKey(name, IMAGES[name])) ? "built here" : undefined];
    }),
  );
  return Object.fromEntries(found.filter(([, origin]) => origin));
}

function announced(origins: Record<LabImage, Origin>, why: string, report: Report): Record<LabImage, Origin> {
  const list = (origin: Origin) =>
    NAMES.filter((name) => origins[name] === origin)
      .map((name) => IMAGES[name])
      .join(", ") || "none";
  report(`images, official: ${list("official")}; built here: ${list("built here")}${why}`);
  return origins;
}

async function pull(image: string, report: Report): Promise<void> {
  await phase(report, `${image}, pulled`, () => must(["docker", "pull", "--quiet", image]));
}

/** Removes the images that were built here; other containers may use the official ones. */
export async function removeBuiltImages(): Promise<string[]> {
  const names = await must([
    ...["docker", "image", "ls", "--filter", `label=${KEY_LABEL}`],
    ...["--format", "{{.Repository}}:{{.Tag}}"],
  ]);
  const images = names.split("\n").filter((name) => name && !name.includes("<none>"));
  if (images.length > 0) await must(["docker", "image", "rm", "--force", ...images]);
  return images;
}
