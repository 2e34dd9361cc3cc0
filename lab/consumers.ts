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
 * The containers beside NocoDB that call its API with the settings in their env files. The host's own command creates
 * them, as the deploy user; there is no other way. Needs the SSH container and the networks.
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

/** A container with the same key is started if it does not run; it keeps the variables with which it was created. */
async function ensureConsumer(instance: Instance, consumer: LabConsumer, key: string): Promise<void> {
  const container = instance.containers[consumer];
  const label = `{{index .Config.Labels "${KEY_LABEL}"}}`;
  const there = await run(["docker", "container", "inspect", "--format", label, container]);
  if (there.stdout.trim() === key) await must(["docker", "start", container]);
  else
    await must(["docker", "exec", "--user", DEPLOY_USER, instance.containers.sshd, instance.recreateCommand, consumer]);
}

/** The key of what a consumer's container is created from, without its env file. */
async function consumerKey(instance: Instance): Promise<string> {
  const things = [IMAGES.nocodb, instance.backend.name, instance.frontend.name];
  const [identities, files] = await Promise.all([
    must(["docker", "inspect", "--format", "{{.Id}}", ...things]),
    filesIn(folder),
  ]);
  const { "call.mjs": program, "receive.mjs": receiver, "recreate.sh": command } = files;
  const { baseDirectory: base } = instance;
  return contentKey({ identities, program: program!, receiver: receiver!, command: command!, base });
}

/** Lists the bases as a consumer: prints `200`, another status, or why there is none. Exit code 0 for 200. */
export function askAsConsumer(container: string): Promise<Outcome> {
  return run(["docker", "exec", container, "node", "/consumer/call.mjs", "once"], { timeoutSeconds: 15 });
}
