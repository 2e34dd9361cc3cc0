import { isElsewhere } from "../../constructs/postgres-database/server.js";
import type { Blocks, StackJson } from "../synthesized.js";

/** A box of the picture. */
export interface Part {
  /** Letters, digits and _, unique. */
  readonly id: string;
  readonly shape: "box" | "store" | "network" | "person";
  /** Its name, and under it what it is. */
  readonly lines: readonly string[];
  /** Whether it is on the host. */
  readonly onHost: boolean;
}

/** A line of the picture. */
export interface Link {
  readonly from: string;
  /** A part, or the host itself. */
  readonly to: string;
  /** Who calls whom; what is copied or mounted; what is attached to a network. */
  readonly kind: "calls" | "data" | "attached";
  readonly label?: string;
}

/** What an environment consists of, and who talks to whom. */
export interface Picture {
  /** Name or address of the host. */
  readonly host: string;
  readonly parts: readonly Part[];
  readonly links: readonly Link[];
}

/** The id of the host in links. */
export const HOST = "host";

type Triggers = Readonly<Record<string, string>>;

/** Draws only what the stack's JSON says; a disabled service has neither container nor site. */
export function pictureOf(stack: StackJson): Picture {
  const { user, host, port } = addressOf(stack);
  const terraform: Part = { id: "terraform", shape: "box", lines: ["Terraform", stateOf(stack)], onHost: false };
  const connection: Link = { from: "terraform", to: HOST, kind: "calls", label: `SSH as ${user}${port}` };
  const container = stack.resource.docker_container?.nocodb_container;
  const found =
    container === undefined
      ? [disabled]
      : [...service(stack, container), ...surroundings(stack), ...attachments(stack, container)];
  const parts = [terraform, ...found.filter((each) => "id" in each)];
  return { host, parts, links: [...found.filter((each) => "from" in each), connection] };
}

const disabled: Part = { id: "nocodb", shape: "box", lines: ["NocoDB is disabled", "its data stays"], onHost: true };

/** The container and its mounts. */
function service(stack: StackJson, container: Blocks[string]): (Part | Link)[] {
  const { name, memory, cpus } = container as { name: string; memory: number; cpus: string };
  const image = String(stack.resource.docker_image!.nocodb_container_image!.name);
  const lines = [name, image, `${memory} MiB, ${Number(cpus)} CPUs`];
  const volumes = container.volumes as { host_path: string; container_path: string }[];
  return [
    { id: "nocodb", shape: "box", lines, onHost: true },
    ...volumes.flatMap(({ host_path, container_path }): (Part | Link)[] => {
      const id = identifier("mount", container_path);
      return [
        { id, shape: "store", lines: [host_path], onHost: true },
        { from: "nocodb", to: id, kind: "data", label: container_path },
      ];
    }),
  ];
}

/** The container's networks. */
function attachments(stack: StackJson, container: Blocks[string]): (Part | Link)[] {
  const networks = container.networks_advanced as { name: string; aliases: string[] }[];
  return networks.flatMap(({ name, aliases }) => attachment(stack, name, aliases));
}

/** A network by its reference, `${data.docker_network.backend_network.name}`. */
function attachment(stack: StackJson, reference: string, aliases: readonly string[]): (Part | Link)[] {
  const address = /docker_network\.([\w-]+)\.name/.exec(reference)![1]!;
  const created = stack.resource.docker_network?.[address];
  const network = created ?? stack.data!.docker_network![address]!;
  const subnets = ((created?.ipam_config ?? []) as { subnet: string }[]).map(({ subnet }) => `, ${subnet}`);
  const id = identifier(address);
  return [
    {
      id,
      shape: "network",
      lines: [`network ${network.name}`, ...(created ? [`created by the app${subnets.join("")}`] : [])],
      onHost: true,
    },
    { from: "nocodb", to: id, kind: "attached", label: `as ${aliases.join(", ")}` },
  ];
}

/** What the service talks to, and who talks to it. */
function surroundings(stack: StackJson): (Part | Link)[] {
  const {
    nocodb_site: site,
    nocodb_database: database,
    nocodb_consumers: consumers,
    nocodb_alerts_timer: alerts,
  } = stepsOf(stack);
  const url = stack.output.url!.value;
  return [...gate(site!, url), ...store(stack, database!), ...clients(consumers!, url), ...watch(alerts)];
}

function gate({ caddy, text }: Triggers, url: string): (Part | Link)[] {
  const imports = [...text!.matchAll(/^\timport (\S+)$/gm)].map(([, snippet]) => snippet);
  const upstream = /^\treverse_proxy (\S+)/m.exec(text!)![1]!;
  const lines = [caddy!, imports.length > 0 ? `imports ${imports.join(", ")}` : "open to everyone"];
  return [
    { id: "visitors", shape: "person", lines: ["visitors"], onHost: false },
    { id: "caddy", shape: "box", lines, onHost: true },
    { from: "visitors", to: "caddy", kind: "calls", label: url },
    { from: "caddy", to: "nocodb", kind: "calls", label: upstream },
  ];
}

/** The database, and the backups of it and of the data directory. */
function store(stack: StackJson, { container, database, role }: Triggers): (Part | Link)[] {
  const { "env NC_DB": connection } = stepsOf(stack).nocodb_container_ready!;
  const server = isElsewhere(container!) ? "PostgreSQL" : container!;
  const [, address] = /^pg:\/\/([^?]+)/.exec(connection!)!;
  const timer = stepsOf(stack).nocodb_backup_schedule_timer;
  const input = inputOf(stack.resource.null_resource!.nocodb_last_backup!);
  const { INPUT_backups: directory, INPUT_keep: keep } = input;
  const label = timer ? `backup: ${timer.schedule}` : "backup: before changes";
  return [
    {
      ...{ id: "postgresql", shape: "store", lines: [server, `database ${database}, role ${role}`] },
      onHost: !isElsewhere(container!),
    },
    { from: "nocodb", to: "postgresql", kind: "calls", label: address! },
    { id: "backups", shape: "store", lines: [directory!, `the newest ${keep}`], onHost: true },
    { from: "postgresql", to: "backups", kind: "data", label },
    { from: identifier("mount", "/data"), to: "backups", kind: "data", label },
    ...restoreTest(stepsOf(stack).nocodb_restore_test_schedule_timer),
    ...copies(input),
  ];
}

/** The newest backup is restored into a database of its own, on schedule. */
function restoreTest(timer: Triggers | undefined): Link[] {
  if (timer === undefined) return [];
  return [{ from: "backups", to: "postgresql", kind: "data", label: `restore test: ${timer.schedule}` }];
}

/** restic's repository; a path is on the host, where another machine's disk may be mounted. */
function copies({ INPUT_copy_to: repository, INPUT_copy_days: days }: Triggers): (Part | Link)[] {
  if (!repository) return [];
  return [
    { id: "copies", shape: "store", lines: [repository, `kept for ${days} days`], onHost: repository.startsWith("/") },
    { from: "backups", to: "copies", kind: "data", label: "copies: restic, encrypted" },
  ];
}

/** The check that the host makes, and whom it tells. */
function watch(step: Triggers | undefined): (Part | Link)[] {
  if (step === undefined) return [];
  const { unit, webhook, url } = step;
  const check: Part = {
    id: "alerts",
    shape: "box",
    lines: [unit!, webhook ? "alerts" : "runs a command"],
    onHost: true,
  };
  const asks: Link = { from: "alerts", to: "nocodb", kind: "calls", label: url! };
  if (!webhook) return [check, asks];
  const address = webhook === "secret" ? "at a secret address" : webhook;
  return [
    ...[check, asks],
    { id: "receiver", shape: "person", lines: ["receiver of alerts"], onHost: false },
    { from: "alerts", to: "receiver", kind: "calls", label: address },
  ];
}

/** The consumers with their rights, and the addresses at which they call NocoDB. */
function clients({ consumers }: Triggers, site: string): (Part | Link)[] {
  const lines = consumers!.split("\n").filter((line) => line !== "");
  const settings = lines.map((line) => /^(\S+) (\S+) (.*)$/.exec(line)!.slice(1) as [string, string, string]);
  const names = [...new Set(settings.map(([name]) => name))];
  return names.flatMap((name): (Part | Link)[] => {
    const valuesOf = (key: string) =>
      settings.filter((each) => each[0] === name && each[1] === key).map((each) => each[2]);
    const roles = valuesOf("bases").map((base) => base.replace(" ", " in "));
    const id = identifier("consumer", name);
    const urls = valuesOf("variables").map((variable) => variable.replace(/^\w+=/, ""));
    return [
      { id, shape: "box", lines: [...valuesOf("container"), [...valuesOf("role"), ...roles].join(", ")], onHost: true },
      ...urls.map((label): Link => ({ from: id, to: label === site ? "caddy" : "nocodb", kind: "calls", label })),
    ];
  });
}

/** The triggers of each step by its name. */
function stepsOf(stack: StackJson): Readonly<Record<string, Triggers | undefined>> {
  const steps = Object.entries(stack.resource.null_resource ?? {});
  return Object.fromEntries(steps.map(([name, { triggers }]) => [name, triggers as Triggers]));
}

function inputOf(step: Blocks[string]): Triggers {
  const [program] = step.provisioner as { "local-exec": { environment: Triggers } }[];
  return program!["local-exec"].environment;
}

/** Where Terraform connects to. */
function addressOf({ provider }: StackJson): { user: string; host: string; port: string } {
  const [docker] = provider.docker as { host: string }[];
  const [, user, host, port = ""] = /^ssh:\/\/([^@]*)@(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(docker!.host)!;
  return { user: user!, host: host!, port: port.replace(":", ", port ") };
}

/** Where Terraform keeps the state. */
function stateOf({ terraform: { backend, cloud } }: StackJson): string {
  return `state: ${cloud ? "cloud" : Object.keys(backend ?? {}).join()}`;
}

const identifier = (...words: string[]) => words.join("_").replaceAll("-", "__").replaceAll(/\W+/g, "_");
