import { contentKey } from "./cache.js";
import { CommandFailed, type CommandOptions, must, run } from "./command.js";
import { type Instance, LABEL } from "./instance.js";
import { LabProblem } from "./problem.js";
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
  /** @default that of the image */
  readonly command?: readonly string[];
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
  const start = ["docker", "start", wanted.name]; // does nothing if it runs
  let started = await run(start);
  // An engine that starts several containers of an attachable overlay at once may not find the network for some of them.
  if (/could not find a network|network \S+ not found/.test(started.stderr)) started = await run(start);
  if (started.code === 0) return;
  const port = takenPort(started.stderr);
  if (port === undefined) throw new CommandFailed(start, started);
  throw new LabProblem(
    `Container ${wanted.name} needs port ${port} of 127.0.0.1, which is in use`,
    `See who has it (docker ps --filter publish=${port}, or lsof -i :${port}), and end that`,
  );
}

/** The port that an engine could not publish because it is in use. */
export function takenPort(stderr: string): string | undefined {
  return /:(\d+)(?: failed: port is already allocated|: bind: address already in use)/.exec(stderr)?.[1];
}

/** The key of a container, then the networks that it is attached to. */
const STATE = `{{index .Config.Labels "${KEY_LABEL}"}} {{range $name, $network := .NetworkSettings.Networks}}{{$name}} {{end}}`;

/** Made from ids, not names: a container keeps its old image and network when another one gets the name. */
async function containerKey(wanted: ContainerWanted): Promise<string> {
  const things = [wanted.image, ...wanted.networks.map((network) => network.name)];
  const identities = await must(["docker", "inspect", "--format", "{{.Id}}", ...things]);
  const settings = [wanted.settings, wanted.networks, ...(wanted.command ? [wanted.command] : [])];
  return contentKey({ identities, settings: JSON.stringify(settings) });
}

async function create(instance: Instance, wanted: ContainerWanted, key: string): Promise<void> {
  const { name, alias } = wanted.networks[0]!;
  const labels = ["--label", ownedBy(instance), "--label", `${KEY_LABEL}=${key}`];
  const network = ["--network", name, ...(alias ? ["--network-alias", alias] : [])];
  const what = [...wanted.settings, wanted.image, ...(wanted.command ?? [])];
  const argv = ["docker", "create", "--name", wanted.name, ...labels, ...network, ...what];
  await must(argv, wanted.secrets ? { env: wanted.secrets } : {});
}

/**
 * Creates a network of an instance if it is missing.
 *
 * @throws LabProblem if a network that is there is in the way
 */
export async function ensureNetwork(
  instance: Instance,
  network: { readonly name: string; readonly subnet: string; readonly gateway: string },
  settings: readonly string[] = [],
): Promise<void> {
  const there = await run(["docker", "network", "inspect", "--format", SUBNETS, network.name]);
  if (there.code === 0 && there.stdout.trim().split(" ").includes(network.subnet)) return;
  if (there.code === 0) {
    throw new LabProblem(
      `Network ${network.name} is ${there.stdout.split(" ").slice(1).join(" ").trim()}, not ${network.subnet}`,
      `Remove the lab and start again: npm run lab -- down --instance ${instance.name}`,
    );
  }
  const addresses = ["--subnet", network.subnet, "--gateway", network.gateway];
  const argv = ["docker", "network", "create", "--label", ownedBy(instance), ...addresses, ...settings, network.name];
  const created = await run(argv);
  if (created.code === 0) return;
  if (!created.stderr.includes("overlaps")) throw new CommandFailed(argv, created);
  throw new LabProblem(
    `Network ${network.name} needs ${network.subnet}, and these networks have it: ${await networksIn(network.subnet)}`,
    "Remove them (docker network rm), or give them another subnet in their compose file",
  );
}

/** A network's name, then its subnets. */
const SUBNETS = "{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}";

/** The networks that share an IPv4 address with the subnet: `shop_default (10.220.0.0/16)`. */
async function networksIn(subnet: string): Promise<string> {
  const ids = (await must(["docker", "network", "ls", "--quiet"])).split("\n");
  const networks = (await must(["docker", "network", "inspect", "--format", SUBNETS, ...ids])).split("\n");
  const found = networks.flatMap((line) => {
    const [name, ...subnets] = line.split(" ");
    return subnets.filter((each) => overlap(each, subnet)).map((each) => `${name} (${each})`);
  });
  return found.join(", ") || "a route of this machine (ip route)";
}

/** Whether two IPv4 subnets, such as 10.220.1.0/24, have a common address. */
export function overlap(one: string, other: string): boolean {
  const [first, second] = [one, other].map((subnet) => {
    const [address = "", length = ""] = subnet.split("/");
    return {
      address: address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0),
      size: 2 ** (32 - Number(length)),
    };
  });
  return first!.address < second!.address + second!.size && second!.address < first!.address + first!.size;
}

/** Creates a volume of an instance if it is missing. */
export async function ensureVolume(instance: Instance, name: string): Promise<void> {
  await must(["docker", "volume", "create", "--label", ownedBy(instance), name]);
}
