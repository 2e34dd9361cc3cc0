import type { Action, StackChanges } from "./stack-changes.js";

/** What a change does to a running service. */
export type Effect = "nothing" | "in place" | "restart" | "replacement" | "data";

/** One thing that a deploy does after a change. */
export interface Consequence {
  readonly effect: Effect;
  /** Sentences in Markdown. */
  readonly text: string;
}

/** What the change of a resource means. */
interface Rule extends Consequence {
  /** Its address. */
  readonly address: string;
  /** @default every action but a removal */
  readonly action?: Action;
  /** Its settings, of which one differs. @default any, or an instance that comes or goes */
  readonly fields?: readonly string[];
}

const step = (name: string) => `null_resource.nocodb_${name}`;
const CONTAINER = "docker_container.nocodb_container";
const READY = step("container_ready");

/** In the order in which the page tells them. `{fields}` becomes the names of the settings that differ. */
const RULES: readonly Rule[] = [
  { address: CONTAINER, action: "remove", effect: "replacement", text: "The container is removed." },
  {
    address: CONTAINER,
    action: "update",
    effect: "in place",
    text: "The running container gets new limits: {fields}.",
  },
  { address: READY, action: "replace", effect: "replacement", text: "The container is replaced: {fields}." },
  {
    address: "docker_image.nocodb_container_image",
    effect: "data",
    text: "The image is pulled and a backup is made first, because another version may migrate the database.",
  },
  {
    address: step("database"),
    fields: ["container", "database"],
    effect: "data",
    text: "NocoDB uses another database. The former one stays, and its content is not moved: if the other one is empty, the plan stops and names the restore command.",
  },
  {
    address: step("database"),
    fields: ["connection"],
    effect: "in place",
    text: "The host's programs reach PostgreSQL with the other settings.",
  },
  {
    address: step("database"),
    fields: ["role"],
    effect: "in place",
    text: "The role is created if it is missing, and becomes the owner of the database. The former role stays.",
  },
  {
    address: step("data_directory"),
    fields: ["path"],
    effect: "data",
    text: "NocoDB gets another data directory. The former one stays, and its files are not moved.",
  },
  {
    address: step("secrets"),
    fields: ["secrets"],
    effect: "data",
    text: "The secrets are in another directory, and new ones are generated. If NocoDB has encrypted data sources, the plan stops until their key is there.",
  },
  {
    address: step("secrets"),
    fields: ["expected"],
    effect: "restart",
    text: "The container restarts with the other secrets.",
  },
  {
    address: step("config_directory"),
    fields: ["owner"],
    effect: "in place",
    text: "The files on the host get the other owner.",
  },
  { address: step("env_file"), fields: ["content"], effect: "in place", text: "`nocodb.env` is written again." },
  {
    address: step("site"),
    effect: "in place",
    text: "The site is written again, and Caddy reloads its configuration.",
  },
  { address: step("site_removal"), effect: "in place", text: "The former site is removed first." },
  {
    address: step("consumers"),
    effect: "in place",
    text: "Bases, and the consumers' users, tokens and env files are made to match.",
  },
  { address: step("backup_schedule_timer"), effect: "in place", text: "The timer on the host is written again." },
  {
    address: step("backup_schedule_removal"),
    action: "remove",
    effect: "in place",
    text: "The timer on the host is removed.",
  },
  {
    address: step("restore_test_schedule_timer"),
    effect: "in place",
    text: "The timer of restore tests is written again.",
  },
  {
    address: step("restore_test_schedule_removal"),
    action: "remove",
    effect: "in place",
    text: "The timer of restore tests is removed.",
  },
  {
    address: step("backup_copy_secrets"),
    effect: "in place",
    text: "The password of the copies is generated on the host if it is missing.",
  },
  { address: step("alerts_timer"), effect: "in place", text: "The check that the host makes is written again." },
  {
    address: step("alerts_removal"),
    action: "remove",
    effect: "in place",
    text: "The check that the host makes is removed.",
  },
];

/** The same for a network, whose key the environment chooses. */
const OF_NETWORKS: Readonly<Record<Action, Consequence>> = {
  create: { effect: "in place", text: "The network is created." },
  remove: { effect: "in place", text: "The network is removed, which fails while other containers are attached." },
  update: { effect: "in place", text: "The network is changed." },
  replace: { effect: "in place", text: "The network is replaced, which fails while other containers are attached." },
};
const IN_USE =
  'The deploy fails, because the network cannot be replaced while NocoDB is attached: deploy with `subdomain: ""` first.';

/** The same for inputs that programs read only when something is destroyed or backed up. */
const LATER: Readonly<Record<string, string>> = {
  keep: "The next backup deletes the oldest beyond that number.",
  backups:
    "Later backups are made in the other directory. Those in the former one stay there, and no command finds them.",
  on_destroy_database: "`cdktf destroy` deletes database, role, `nocodb.env` and secrets.",
  on_destroy_data: "`cdktf destroy` deletes NocoDB's files.",
  on_destroy_backups: "`cdktf destroy` deletes the backups, the last one included.",
};

/** Steps that only check, wait, protect or remove. What they follow has a rule. */
const WITHOUT_RULE = [
  ...["container_healthy", "smoke_test", "guard", "last_backup", "retention", "consumers_removal"].map(step),
  ...["null_resource.ownership", "null_resource.ownership_removal", "null_resource.ownership_state"],
];

/** What a deploy does after a change of the stack. */
export function consequences({ resources, atDestroy, movesState }: StackChanges): Consequence[] {
  const known = RULES.flatMap(({ address, action, fields, effect, text }) => {
    const change = resources.get(address);
    if (change === undefined || (action === undefined ? change.action === "remove" : change.action !== action))
      return [];
    // A replaced container takes everything along that refers to it; that is not a change of its own.
    if (fields === undefined && change.action === "replace" && change.isFollowing && address !== READY) return [];
    if (fields !== undefined && !fields.some((field) => change.fields.includes(field))) return [];
    const fieldsText = change.fields.length > 0 ? `: ${listed(change.fields)}` : "";
    return [{ effect, text: text.replace(": {fields}", fieldsText) }];
  });
  const isNetwork = (address: string) => address.startsWith("docker_network.");
  const networks = [...resources].filter(([address]) => isNetwork(address));
  const ofNetworks = networks.map(([, { action }]): Consequence => {
    const isInUse = action === "replace" && resources.get(CONTAINER)?.action !== "replace";
    return isInUse ? { effect: "nothing", text: IN_USE } : OF_NETWORKS[action];
  });
  const addresses = [...RULES.map(({ address }) => address), ...WITHOUT_RULE];
  const others = [...resources].filter(
    ([address, { isFollowing }]) => !isFollowing && !isNetwork(address) && !addresses.includes(address),
  );
  const ofOthers = others.map(([address]) => ({
    effect: "in place" as const,
    text: `The step \`${address.replace("null_resource.", "")}\` runs again.`,
  }));
  const later = Object.keys(LATER).filter((name) => atDestroy.has(name));
  return [
    ...known,
    ...ofNetworks,
    ...ofOthers,
    ...later.map((name) => ({ effect: "data" as const, text: LATER[name]! })),
    ...(movesState ? [{ effect: "nothing" as const, text: "The state must [move](state.md#moving-it)." }] : []),
  ];
}

/** What happens to the service, and "data" if another content is in use or content may be deleted. */
export function effectsOf(found: readonly Consequence[]): Effect[] {
  const all = found.map(({ effect }) => effect);
  const ofService = (["replacement", "restart", "in place"] as const).filter((each) => all.includes(each)).slice(0, 1);
  const effects: Effect[] = [...ofService, ...(all.includes("data") ? (["data"] as const) : [])];
  return effects.length > 0 ? effects : ["nothing"];
}

/** Names of attributes and triggers as code. */
const listed = (fields: readonly string[]) => fields.map((field) => `\`${field.replace(/^env /, "")}\``).join(", ");
