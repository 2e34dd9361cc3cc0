import { must } from "../lab/command.js";
import { IMAGES } from "../lab/images.js";
import { type Instance, LABEL } from "../lab/instance.js";
import { dropDatabase, emptyData, emptyDatabase, PASSWORD, removeContainer, serves } from "./ground.js";

const NAME = "own";

/** NocoDB's own start with the same limits on an empty database, without SSH or Terraform. */
export async function ownStart(instance: Instance): Promise<{ seconds: number }> {
  const container = `${instance.name}_${NAME}`;
  await removeContainer(container);
  await emptyDatabase(instance, NAME);
  await emptyData(instance, NAME);
  const start = performance.now();
  await must(
    [
      ...["docker", "run", "--detach", "--name", container, "--network", instance.backend.name],
      ...["--label", `${LABEL}=${instance.name}`, "--memory", "256m", "--memory-swap", "256m", "--cpus", "0.5"],
      ...["--volume", `${instance.baseDirectory}/data/${NAME}:/data`, "--env", "NC_DB", "--env", "NC_TOOL_DIR=/data"],
      ...["--env", "NC_DISABLE_TELE=true", "--env", "NODE_OPTIONS=--max-old-space-size=192", IMAGES.nocodb],
    ],
    { env: { NC_DB: `pg://postgresql:5432?u=${NAME}&p=${PASSWORD}&d=${NAME}` } },
  );
  if (!(await serves(container))) throw new Error(`NocoDB did not start: docker logs ${container}`);
  const seconds = (performance.now() - start) / 1000;
  await removeContainer(container);
  await dropDatabase(instance, NAME);
  return { seconds };
}
