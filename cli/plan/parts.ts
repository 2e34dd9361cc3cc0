/**
 * What each resource of a stack means to an operator. This table is the only place of `nocodb-host plan` that knows
 * Terraform addresses (__tests__/unit/stacks/addresses.txt); a resource that it lacks is shown as Terraform names it.
 */
import type { Action } from "./plan-json.js";

/** Attributes of a resource, or triggers of a step: those after the deploy, or before it if the resource is deleted. */
export type Texts = Readonly<Record<string, string>>;

/** @param former the texts before the deploy */
export type Words = (texts: Texts, former: Texts) => string;

export interface Part {
  /** The line by action; an action without one is told in the common line of what Terraform does for itself. */
  readonly lines: Readonly<Partial<Record<Action, Words>>>;
  /** Actions that remove something from the host. A step that is only forgotten removes nothing. */
  readonly removes?: readonly Action[];
  /** The resource that it belongs to: it has no line of its own if that one changes. */
  readonly of?: string;
}

export const CONTAINER = "docker_container.nocodb_container";
/** The counterpart of the container if engine is swarm. */
export const CLUSTER_SERVICE = "docker_service.nocodb_service";
/** The step before the service of a cluster, whose triggers name the image. */
export const CLUSTER_READY = "null_resource.nocodb_service_ready";
/** The step that frees the service's name, if no state has the service that has it. */
export const CLUSTER_NAME = "null_resource.nocodb_service_free_name";
/** The step that gives the cluster the files of the tasks. */
export const CLUSTER_FILES = "null_resource.nocodb_service_stored_files";
/** Its triggers are the variables, among others. */
export const CLUSTER_HEALTHY = "null_resource.nocodb_service_healthy";
export const IMAGE = "docker_image.nocodb_container_image";
/** Its triggers are everything whose change replaces the container. */
export const SHAPE = "null_resource.nocodb_container_ready";
export const SERVICE = "null_resource.nocodb_container_healthy";
export const ENV_FILE = "null_resource.nocodb_env_file";
export const SECRETS = "null_resource.nocodb_secrets";
export const DATABASE = "null_resource.nocodb_database";
export const SITE = "null_resource.nocodb_site";
export const CONSUMERS = "null_resource.nocodb_consumers";
export const STATE = "null_resource.ownership_state";
export const LAST_BACKUP = "null_resource.nocodb_last_backup";
export const RETENTION = "null_resource.nocodb_retention";
/** The id of the container, which every replacement changes. */
export const CONTAINER_OUTPUT = "output.container_id";

const directory: Part = {
  lines: {
    create: ({ path, owner, mode }) => `directory ${path} is created (${owner}, ${mode})`,
    replace: ({ path, owner, mode }) => `directory ${path} is set right (${owner}, ${mode})`,
  },
};

const network: Part = {
  lines: {
    create: ({ name }) => `network ${name} is created`,
    update: ({ name }) => `network ${name} is changed`,
    replace: ({ name }) => `network ${name} is removed and created again: nothing else may be attached to it`,
    delete: ({ name }) => `network ${name} is removed`,
  },
  removes: ["delete", "replace"],
};

const look: Part = { lines: {} };

export const PARTS: Readonly<Record<string, Part>> = {
  [STATE]: { lines: {} },
  "null_resource.ownership": {
    lines: {
      create: () => "the host is marked as managed by this Terraform state",
      replace: () => "the host's mark of the Terraform state that manages it is written again",
    },
  },
  "null_resource.ownership_removal": {
    lines: {
      replace: () => "the mark of the Terraform state that manages the host is removed, before a new one is written",
      delete: () => "the mark of the Terraform state that manages the host is removed",
    },
  },
  "docker_network.backend_network": network,
  "docker_network.frontend_network": network,
  "data.docker_network.backend_network": look,
  "data.docker_network.frontend_network": look,
  "data.external.host_probe": look,
  "null_resource.nocodb_config_directory": directory,
  "null_resource.nocodb_data_directory": directory,
  [ENV_FILE]: {
    lines: {
      create: ({ path }) => `${path} is written: NocoDB's variables, without secrets`,
      replace: ({ path }) => `${path} is written again: NocoDB's variables, without secrets`,
    },
  },
  [SECRETS]: {
    lines: {
      create: ({ secrets }) => `secrets are generated in ${secrets}; those that exist are used`,
      replace: ({ secrets }) =>
        `secrets in ${secrets} are set right: new ones come into use, missing ones are generated`,
    },
  },
  [DATABASE]: {
    lines: {
      create: ({ database, role }) => `database ${database} and role ${role} are created; existing ones are used`,
      replace: ({ database, role }) => `database ${database} and role ${role} are checked and set right`,
    },
  },
  [IMAGE]: {
    lines: {
      create: ({ name }) => `image ${name} is pulled, if the host does not have it`,
      replace: ({ name }) => `image ${name} is pulled, if the host does not have it`,
      update: ({ name }) => `image ${name}: settings change`,
    },
    of: CONTAINER,
  },
  [SHAPE]: { lines: {}, of: CONTAINER },
  [CONTAINER]: {
    lines: {
      create: ({ name, image }) => `NocoDB is started: container ${name}, image ${image}`,
      replace: ({ name }) => `NocoDB is replaced: a new container ${name} loads beside the old one, and takes over`,
      update: ({ name }) => `NocoDB is changed while it runs: container ${name}`,
      delete: ({ name }) => `NocoDB is removed: container ${name}`,
    },
    removes: ["delete"],
  },
  [CLUSTER_SERVICE]: {
    lines: {
      create: ({ name }) => `NocoDB is started as service ${name} of the cluster`,
      replace: ({ name }) => `NocoDB is replaced: service ${name} is removed from the cluster, and created again`,
      update: ({ name }) => `NocoDB is changed: the cluster replaces the tasks of service ${name}, a few at a time`,
      delete: ({ name }) => `NocoDB is removed: service ${name} of the cluster`,
    },
    removes: ["delete", "replace"],
  },
  "docker_image.nocodb_service_image": {
    lines: {
      create: ({ name }) => `image ${name} is pulled by the manager, if it does not have it`,
      replace: ({ name }) => `image ${name} is pulled by the manager, if it does not have it`,
    },
    of: CLUSTER_SERVICE,
  },
  "data.external.nocodb_service_files": look,
  [CLUSTER_FILES]: {
    lines: {
      create: () => "NocoDB's secrets and variables are given to the cluster",
      replace: () => "NocoDB's secrets and variables are given to the cluster again, if they have changed",
    },
    of: CLUSTER_SERVICE,
  },
  [CLUSTER_READY]: {
    lines: {
      create: () => "before NocoDB starts, the host is checked again, and a backup is made if there is data",
      replace: ({ image }) => `before ${image} starts, the host is checked again and a backup is made`,
    },
  },
  [CLUSTER_NAME]: {
    lines: {
      create: ({ name }) => `a service ${name} that a lost state has left is removed`,
      replace: ({ name }) => `service ${name}, which a killed deploy has left or someone has created, is removed`,
    },
    of: CLUSTER_SERVICE,
  },
  [CLUSTER_HEALTHY]: {
    lines: {
      create: () => "the deploy waits until all tasks answer",
      replace: () => "the deploy waits until all tasks run as described, and answer",
    },
    of: CLUSTER_SERVICE,
  },
  [SERVICE]: {
    lines: {
      create: () => "the deploy waits until NocoDB answers, and restarts it if it does not",
      replace: () => "NocoDB is checked; it is restarted if it is stopped, does not answer or has old secrets",
    },
    of: CONTAINER,
  },
  "null_resource.nocodb_smoke_test": {
    lines: {
      create: () => "the smoke test asks NocoDB at its site, and the database",
      replace: () => "the smoke test asks NocoDB at its site, and the database",
    },
    of: CONTAINER,
  },
  [SITE]: {
    lines: {
      create: ({ site, caddyfile }) => `site ${site} is added to Caddy (${caddyfile})`,
      replace: ({ site, caddyfile }, former) =>
        `site ${site} is ${former.site === site ? "rewritten in" : "added to"} Caddy (${caddyfile})`,
    },
  },
  "null_resource.nocodb_site_removal": {
    lines: {
      replace: ({ site }) => `site ${site} is removed from its former place in Caddy`,
      delete: ({ site }) => `site ${site} is removed from Caddy`,
    },
    removes: ["replace", "delete"],
  },
  [CONSUMERS]: {
    lines: {
      create: () => "the sign-up is closed, and bases of the environment file that are missing are created",
      replace: () => "consumers' users, roles, tokens and env files are checked and set right",
    },
  },
  "null_resource.nocodb_consumers_removal": {
    lines: {
      replace: () => "the consumers' tokens and their lines in env files are removed, before new ones are made",
      delete: () => "the consumers' tokens and their lines in env files are removed",
    },
    removes: ["replace", "delete"],
  },
  "null_resource.nocodb_backup_schedule_timer": {
    lines: {
      create: ({ unit, schedule }) => `backups are scheduled: ${schedule} (timer ${unit})`,
      replace: ({ unit, schedule }) => `timer ${unit} and its program are written again: backups ${schedule}`,
    },
  },
  "null_resource.nocodb_backup_schedule_removal": {
    lines: {
      replace: ({ unit }) => `timer ${unit} is removed, before a new one is written`,
      delete: ({ unit }) => `timer ${unit} is removed: the host makes no more backups by itself`,
    },
    removes: ["replace", "delete"],
  },
  "null_resource.nocodb_restore_test_schedule_timer": {
    lines: {
      create: ({ unit, schedule }) => `restore tests are scheduled: ${schedule} (timer ${unit})`,
      replace: ({ unit, schedule }) => `timer ${unit} and its program are written again: restore tests ${schedule}`,
    },
  },
  "null_resource.nocodb_restore_test_schedule_removal": {
    lines: {
      replace: ({ unit }) => `timer ${unit} is removed, before a new one is written`,
      delete: ({ unit }) => `timer ${unit} is removed: the host tests no more backups by itself`,
    },
    removes: ["replace", "delete"],
  },
  "null_resource.nocodb_backup_copy_secrets": {
    lines: {
      create: ({ secrets }) =>
        `the password of the copies of backups is generated in ${secrets}; an existing one is used`,
      replace: ({ secrets }) => `secrets of the copies of backups in ${secrets} are set right`,
    },
  },
  "null_resource.nocodb_alerts_timer": {
    lines: {
      create: ({ unit }) => `the host checks NocoDB every minute, and sends alerts (timer ${unit})`,
      replace: ({ unit }) => `timer ${unit} and its program are written again`,
    },
  },
  "null_resource.nocodb_alerts_removal": {
    lines: {
      replace: ({ unit }) => `timer ${unit} is removed, before a new one is written`,
      delete: ({ unit }) => `timer ${unit} is removed: the host sends no more alerts`,
    },
    removes: ["replace", "delete"],
  },
  [LAST_BACKUP]: {
    lines: {
      replace: () => "a backup is made",
      delete: () => "a last backup is made; if that fails, nothing is removed",
    },
  },
  [RETENTION]: { lines: { delete: () => "what is kept of NocoDB's data, and what is deleted, is printed" } },
  "output.url": {
    lines: {
      create: ({ value }) => `NocoDB's address is ${value}`,
      update: ({ value }, former) =>
        `NocoDB's address is ${value || "gone"}${former.value ? `, no longer ${former.value}` : ""}`,
    },
  },
  [CONTAINER_OUTPUT]: { lines: {}, of: CONTAINER },
  "output.database": {
    lines: { update: ({ value }) => `the output database is now ${value}` },
  },
};

/**
 * The container's attributes whose change its steps show in their triggers, in better words, and the names of those
 * triggers. Any other attribute is shown as Terraform names it.
 */
export const SHOWN_BY_STEPS: Readonly<Record<string, RegExp>> = {
  capabilities: /^capabilities$/,
  command: /^command$/,
  cpus: /^cpus$/,
  destroy_grace_seconds: /^grace_period$/,
  env: /^env /,
  healthcheck: /^health_check$/,
  image: /^image(_id)?$/,
  labels: /^label$/,
  memory: /^limits$/,
  memory_reservation: /^limits$/,
  memory_swap: /^limits$/,
  name: /^name$/,
  networks_advanced: /^networks$/,
  stop_signal: /^stop_signal$/,
  userns_mode: /^userns_mode$/,
  volumes: /^volumes$/,
};

/** Attributes that a provider fills in if this app does not set them, here those of the image. */
export const FILLED_IN: Readonly<Record<string, RegExp>> = {
  [CONTAINER]: /^(command|entrypoint|hostname|user|working_dir)$/,
};
