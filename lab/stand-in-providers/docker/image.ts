import { Problem, type Resource } from "../protocol/provider.js";
import { computed, optional, required } from "../protocol/schema.js";
import type { Values } from "../protocol/values.js";
import type { Engine } from "./engine.js";

export const image: Resource<Engine> = {
  legacy: true,
  block: {
    attributes: {
      id: computed("string"),
      name: required("string", { forceNew: true }),
      keep_locally: optional("bool"),
      image_id: computed("string"),
      repo_digest: computed("string"),
    },
    refused: ["build", "force_remove", "platform", "pull_triggers", "timeouts", "triggers"],
  },
  async create(planned, engine) {
    try {
      await presentImage(engine, planned.name);
    } catch (error) {
      throw new Problem(`Unable to read Docker image into resource: ${(error as Error).message}`);
    }
    return (await read(planned, engine))!;
  },
  read,
  async update(planned, _prior, engine) {
    await presentImage(engine, planned.name);
  },
  async destroy(state, engine) {
    if (state.keep_locally || !(await engine.find(imagePath(state.name)))) return;
    try {
      await engine.delete(`/images/${encodeURI(state.name)}`);
    } catch (error) {
      throw new Problem(`Unable to remove Docker image: ${(error as Error).message}`);
    }
  },
};

async function read(state: Values, engine: Engine): Promise<Values | null> {
  const found = await engine.find(imagePath(state.name));
  if (!found) return null;
  return { ...state, id: found.Id + state.name, image_id: found.Id, repo_digest: repoDigest(state.name, found) };
}

const imagePath = (name: string) => `/images/${encodeURI(name)}/json`;

/** The digest of an image in the registry that its name is from, if it is in several. */
function repoDigest(name: string, found: { RepoDigests?: string[] | null }): string {
  const digests = found.RepoDigests ?? [];
  if (digests.length < 2) return digests[0] ?? "";
  const repository = name.split(":")[0]!;
  return digests.find((digest) => digest.startsWith(repository)) ?? digests[0]!;
}

/** Pulls an image if the engine does not have it. */
export async function presentImage(engine: Engine, name: string): Promise<void> {
  if (await engine.find(imagePath(name))) return;
  const said = await engine.post("/images/create", { query: pullQuery(name) }).catch((error: Error) => {
    throw new Problem(`unable to pull image ${name}: error pulling image ${name}: ${error.message}`);
  });
  if (await engine.find(imagePath(name))) return;
  const failure = [said].flat().find((line) => line?.error)?.error;
  throw new Problem(`unable to find or pull image ${name}${failure ? `: ${failure}` : ""}`);
}

/** A digest takes precedence over a tag; the default is `latest`, as an empty tag would pull all of them. */
function pullQuery(name: string): { fromImage: string; tag: string } {
  const [, repository, tag = "latest", digest] = /^(.+?)(?::([^:/@]+))?(?:@(.+))?$/.exec(name)!;
  return { fromImage: repository!, tag: digest ?? tag };
}
