import { request } from "node:http";
import type { Engine } from "./engine.js";

/**
 * The images that the engine can pull from their registries. The engine itself is asked, because it has its own network,
 * proxy and mirrors. An image without an answer in time counts as not available.
 */
export async function obtainable(engine: Engine, images: readonly string[], seconds = 8): Promise<Set<string>> {
  const answers = await Promise.all(images.map((image) => hasManifest(engine, image, seconds)));
  return new Set(images.filter((_, index) => answers[index]));
}

function hasManifest(engine: Engine, image: string, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const path = `/distribution/${encodeURIComponent(image)}/json`;
    const asking = request({ socketPath: engine.clientSocket, path, timeout: seconds * 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    const timer = setTimeout(() => asking.destroy(), seconds * 1000);
    asking.on("close", () => clearTimeout(timer));
    asking.on("error", () => resolve(false));
    asking.end();
  });
}
