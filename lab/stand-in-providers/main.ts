import { servePlugin } from "./protocol/plugin.js";
import type { Provider } from "./protocol/provider.js";

/** The entry of the bundle: `node provider.mjs <type>`, started by Terraform. Loads only that provider. */
const providers: Record<string, () => Promise<Provider>> = {
  docker: async () => (await import("./docker/provider.js")).dockerProvider as Provider,
  external: async () => (await import("./external.js")).externalProvider as Provider,
  null: async () => (await import("./null.js")).nullProvider,
  random: async () => (await import("./random.js")).randomProvider,
};

async function main(type = ""): Promise<void> {
  const load = providers[type];
  if (!load) throw new Error(`there is no stand-in provider ${type}`);
  await servePlugin(await load());
}

void main(process.argv[2]);
