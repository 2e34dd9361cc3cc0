import { readyEngine } from "../engine.js";
import { hostUp } from "../host.js";
import { IMAGES, prepareBuiltImage, prepareEngineImage, prepareImages } from "../images.js";
import type { Instance } from "../instance.js";
import { alone } from "../lock.js";
import { phase, type Report } from "../progress.js";
import { type Cluster, NODE_RELEASE } from "./cluster.js";
import { onManager } from "./engines.js";
import { ensureNodes } from "./nodes.js";
import { ensureRedis, ensureS3, handOverSecrets, placeSecrets, SERVICE_IMAGES } from "./services.js";
import { ensureSwarm } from "./swarm.js";

/** Brings a cluster up, whatever state it is in: its machines, the swarm, the host on the first machine, Redis and S3. */
export async function clusterUp(instance: Instance, cluster: Cluster, report: Report): Promise<void> {
  const engine = await readyEngine(report);
  await prepareImages(engine, report);
  const nodeImage = await prepareEngineImage(engine, NODE_RELEASE, report);
  await prepareBuiltImage(engine, "redis", SERVICE_IMAGES.redis, report);
  await prepareBuiltImage(engine, "s3", SERVICE_IMAGES.s3, report);
  const images = [...Object.values(IMAGES), ...Object.values(SERVICE_IMAGES)];
  await alone(`cluster-${instance.name}`, report, async () => {
    await placeSecrets(cluster);
    await alone("nodes", report, () =>
      phase(report, `cluster ${instance.name}: three engines with the images`, () =>
        ensureNodes(instance, cluster, nodeImage, images),
      ),
    );
    await phase(report, `cluster ${instance.name}: swarm and overlay networks`, () => ensureSwarm(instance, cluster));
    await onManager(cluster, async () => {
      await phase(report, `cluster ${instance.name}: Redis and S3`, async () => {
        // Not at the same time as others: an overlay comes to a node with its first container, and others that start
        // meanwhile may not find it.
        await ensureS3(instance, cluster);
        await ensureRedis(instance, cluster);
      });
      await hostUp(instance, report);
      await handOverSecrets(instance, cluster);
    });
  });
}
