import { contentKey } from "./cache.js";
import { type CommandOptions, must, run } from "./command.js";
import { type Instance, LABEL } from "./instance.js";
import { KEY_LABEL } from "./recipes.js";

/** The label of the objects that belong to an instance, as docker takes it. */
export function ownedBy(instance: Instance): string {
  return `${LABEL}=${instance.name}`;
}

/** Runs a command in a container and returns its output. @throws CommandFailed */
export function inContainer(
  container: string,
  command: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const flags = options.input === undefined ? [] : ["--interactive"];
  return must(["docker", "exec", ...flags, container, ...command], options);
}

export interface ContainerWanted {
  readonly name: string;
  readonly image: string;
  /** More arguments of `docker create`. */
  readonly settings: readonly string[];
  /** Values of `--env NAME` settings. They are passed in docker's env, not in its arguments. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The first one gets the published ports. */
  readonly networks: readonly { readonly name: string; readonly alias?: string }[];
}

/**
 * Makes sure that a container runs as wanted. A container with the same key is started if it does not run; one with another
 * key is replaced.
 */
export async function ensureContainer(instance: Instance, wanted: ContainerWanted): Promise<void> {
  const key = await containerKey(wanted);
  const there = await run(["docker", "container", "inspect", "--format", STATE, wanted.name]);
  let attached = there.stdout.trim().split(" ");
  if (there.code !== 0 || attached.shift() !== key) {
    if (there.code === 0) await must(["docker", "rm", "--force", wanted.name]);
    await create(instance, wanted, key);
    attached = [wanted.networks[0]!.name];
  }
  for (const { name, alias } of wanted.networks) {
    if (attached.includes(name)) continue;
    await must(["docker", "network", "connect", ...(alias ? ["--alias", alias] : []), name, wanted.name]);
  }
  await must(["docker", "start", wanted.name]); // does nothing if it runs
}

/** The key of a container, then the networks that it is attached to. */
const STATE = `{{index .Config.Labels "${KEY_LABEL}"}} {{range $name, $network := .NetworkSettings.Networks}}{{$name}} {{end}}`;

/** Made from ids, not names: a container keeps its old image and network when another one gets the name. */
async function containerKey(wanted: ContainerWanted): Promise<string> {
  const things = [wanted.image, ...wanted.networks.map((network) => network.name)];
  const identities = await must(["docker", "inspect", "--format", "{{.Id}}", ...things]);
  return contentKey({ identities, settings: JSON.stringify([wanted.settings, wanted.networks]) });
}

async function create(instance: Instance, wanted: ContainerWanted, key: string): Promise<void> {
  const { name, alias } = wanted.networks[0]!;
  const labels = ["--label", ownedBy(instance), "--label", `${KEY_LABEL}=${key}`];
  const network = ["--network", name, ...(alias ? ["--network-alias", alias] : [])];
  const argv = ["docker", "create", "--name", wanted.name, ...labels, ...network, ...wanted.settings, wanted.image];
  await must(argv, wanted.secrets ? { env: wanted.secrets } : {});
}

/** Creates a network of an instance if it is missing. */
export async function ensureNetwork(
  instance: Instance,
  network: { readonly name: string; readonly subnet: string; readonly gateway: string },
  settings: readonly string[] = [],
): Promise<void> {
  if ((await run(["docker", "network", "inspect", network.name])).code === 0) return;
  const addresses = ["--subnet", network.subnet, "--gateway", network.gateway];
  await must(["docker", "network", "create", "--label", ownedBy(instance), ...addresses, ...settings, network.name]);
}

/** Creates a volume of an instance if it is missing. */
export async function ensureVolume(instance: Instance, name: string): Promise<void> {
  await must(["docker", "volume", "create", "--label", ownedBy(instance), name]);
}
