import type { DataSource } from "../protocol/provider.js";
import { computed, list, map, object } from "../protocol/schema.js";
import type { Value } from "../protocol/values.js";
import type { Engine } from "./engine.js";

const container = object({
  id: "string",
  names: list("string"),
  image: "string",
  image_id: "string",
  command: "string",
  created: "number",
  state: "string",
  status: "string",
  labels: map("string"),
});

/** Every container of the engine, running or not. */
export const containers: DataSource<Engine> = {
  block: { attributes: { id: computed("string"), containers: computed(list(container)) } },
  async read(_config, engine) {
    const all: Value[] = await engine.get("/containers/json", { all: 1 });
    all.sort((a, b) => (a.Id < b.Id ? -1 : 1));
    return { id: "docker_containers", containers: all.map(described) };
  },
};

function described(found: Value) {
  return {
    id: found.Id,
    names: found.Names,
    image: found.Image,
    image_id: found.ImageID,
    command: found.Command,
    created: found.Created,
    state: found.State,
    status: found.Status,
    labels: found.Labels ?? {},
  };
}
