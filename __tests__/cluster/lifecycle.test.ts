/**
 * The life of one deployment on a cluster, with NOCODB_LAB_PROVIDERS=real: the lab's stand-in for the docker provider has no
 * services. The files build on each other and share one deployment.
 */
import { describe } from "vitest";
import { forcedKind } from "../../lab/terraform.js";

const real = forcedKind(process.env.NOCODB_LAB_PROVIDERS) === "real";

describe.skipIf(!real)("with the real providers (NOCODB_LAB_PROVIDERS=real)", async () => {
  if (!real) return;
  await import("./lifecycle/container.js");
  await import("./lifecycle/replacement.js");
  await import("./lifecycle/one-replica.js");
  await import("./lifecycle/lost-state.js");
  await import("./lifecycle/three-replicas.js");
  await import("./lifecycle/backup.js");
  await import("./lifecycle/drift.js");
  await import("./lifecycle/rolling-update.js");
  await import("./lifecycle/broken-image.js");
  await import("./lifecycle/faults.js");
  await import("./lifecycle/container-again.js");
  await import("./lifecycle/destroy.js");
});
