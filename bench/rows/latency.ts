import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { alternating, succeeding } from "../measure.js";
import { Relay } from "../relay.js";
import type { Entry } from "../results.js";
import type { Ground, Row } from "../row.js";
import { coldPlan } from "./plan.js";

/** Round trips to the host, in milliseconds. */
const ROUND_TRIPS = [0, 50, 150];

/** Plan and drift check through a relay that delays. */
export const latency: Row = {
  name: "latency",
  async measure(ground) {
    const entries: Entry[] = [];
    for (const roundTrip of ROUND_TRIPS) entries.push(...(await at(roundTrip, ground)));
    return entries;
  },
};

async function at(roundTrip: number, { instance, product, flat, rounds }: Ground): Promise<Entry[]> {
  const relay = await Relay.to(instance.ports.ssh, roundTrip);
  const known = await readFile(instance.knownHosts, "utf8");
  const place = { port: relay.port, knownHosts: join(instance.directory, "bench/known_hosts") };
  await writeFile(place.knownHosts, known.replaceAll(`:${instance.ports.ssh} `, `:${place.port} `));
  const move = async ({ port, knownHosts }: typeof place) => {
    Object.assign(flat, { port, knownHosts });
    await product.deployment.set({ "ssh.port": port, "ssh.knownHosts": knownHosts });
    await succeeding(product.synth());
  };
  try {
    await move(place);
    const times = await alternating(rounds, {
      product: () => coldPlan(product),
      flat: () => coldPlan(flat),
      drift: () => succeeding(product.host("drift")),
    });
    const floor = { name: "flat app's plan", samples: times.flat };
    const common = { floor, peers: {}, target: { ratio: 1.3 } };
    return [
      { what: `\`terraform plan\`, ${roundTrip} ms round trip`, product: times.product, ...common },
      { what: `drift check, ${roundTrip} ms round trip`, product: times.drift, ...common },
    ];
  } finally {
    await product.disconnect();
    await flat.disconnect();
    await relay.close();
    await move({ port: instance.ports.ssh, knownHosts: instance.knownHosts });
  }
}
