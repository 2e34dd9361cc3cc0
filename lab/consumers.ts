import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentKey, filesIn } from "./cache.js";
import { must, type Outcome, run } from "./command.js";
import { inContainer } from "./docker.js";
import { IMAGES } from "./images.js";
import { CONSUMERS, type Instance, type LabConsumer } from "./instance.js";
import { KEY_LABEL } from "./recipes.js";
import { DEPLOY_USER } from "./ssh.js";

const folder = fileURLToPath(new URL("./consumers", import.meta.url));
const inHost = "/opt/nocodb-lab-consumers";

/**
 * The containers beside NocoDB that call its API with what they find in their env files. The host's own command makes
 * them, as the deploy user: there is no second way to come by one. Needs the SSH side of the host, and the networks.
 */
export async function ensureConsumers(instance: Instance): Promise<void> {
  const host = instance.containers.sshd;
  const key = await consumerKey(instance);
  await must(["docker", "cp", `${folder}/.`, `${host}:${inHost}`]);
  const described = `instance=${instance.name}\nimage=${IMAGES.nocodb}\nkey=${key}\n`;
  const place = ["sh", join(inHost, "place.sh"), instance.baseDirectory, DEPLOY_USER];
  await inContainer(host, place, { input: described });
  await Promise.all(CONSUMERS.map((consumer) => ensureConsumer(instance, consumer, key)));
}

/** One that was made from the same is started if it stands still; its environment stays what it was created with. */
async function ensureConsumer(instance: Instance, consumer: LabConsumer, key: string): Promise<void> {
  const container = instance.containers[consumer];
  const label = `{{index .Config.Labels "${KEY_LABEL}"}}`;
  const there = await run(["docker", "container", "inspect", "--format", label, container]);
  if (there.stdout.trim() === key) await must(["docker", "start", container]);
  else
    await must(["docker", "exec", "--user", DEPLOY_USER, instance.containers.sshd, instance.recreateCommand, consumer]);
}

/** What a consumer's container is made from, apart from its env file. */
async function consumerKey(instance: Instance): Promise<string> {
  const things = [IMAGES.nocodb, instance.backend.name, instance.frontend.name];
  const [identities, files] = await Promise.all([
    must(["docker", "inspect", "--format", "{{.Id}}", ...things]),
    filesIn(folder),
  ]);
  const { "call.mjs": program, "recreate.sh": command } = files;
  return contentKey({ identities, program: program!, command: command!, base: instance.baseDirectory });
}

/** What the consumer gets when it lists its bases now: `200`, another status, or why there is none. 0 for 200. */
export function askAsConsumer(container: string): Promise<Outcome> {
  return run(["docker", "exec", container, "node", "/consumer/call.mjs", "once"], { timeoutSeconds: 15 });
}
