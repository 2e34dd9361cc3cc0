import { type Backend, backendWithDefaults } from "./backend.js";
import { type Consumer, consumersWithDefaults } from "./consumers.js";
import type { EnvironmentFile } from "./schema.js";

/** A network NocoDB is attached to; without `create` it has to exist on the host. */
export interface NetworkSetting {
  name: string;
  create?: { subnet?: string | undefined; internal: boolean };
}

/** One checked environment with every default filled in; memory in MiB. */
export interface Environment
  extends Omit<
    EnvironmentFile,
    "memory" | "networks" | "postgresql" | "caddy" | "admin" | "consumers" | "backups" | "baseDirectory" | "backend"
  > {
  /** File name without .yaml, and the id of the stack. */
  name: string;
  /** Absolute path on the host. */
  baseDirectory: string;
  /** Limit in MiB. */
  memory: number;
  networks: { backend: NetworkSetting; frontend: NetworkSetting };
  postgresql: EnvironmentFile["postgresql"] & { container: string };
  caddy: EnvironmentFile["caddy"] & { container: string; caddyfile: string };
  admin: { email: string };
  /** Sorted by name. */
  consumers: Consumer[];
  backups: { directory: string; keep: number; schedule?: string | undefined };
  backend: Backend;
}

/** Fills in the defaults that depend on the environment's name, on its project or on its domain. */
export function withDefaults(name: string, file: EnvironmentFile): Environment {
  const { project } = file;
  const baseDirectory = file.baseDirectory ?? `/opt/${project}`;
  return {
    ...file,
    name,
    baseDirectory,
    memory: file.memory ?? (name === "prod" ? 384 : 256),
    networks: {
      backend: network(file.networks.backend, `${project}_backend`),
      frontend: network(file.networks.frontend, `${project}_frontend`),
    },
    postgresql: { ...file.postgresql, container: file.postgresql.container ?? `${project}_postgresql` },
    caddy: {
      ...file.caddy,
      container: file.caddy.container ?? `${project}_caddy`,
      caddyfile: file.caddy.caddyfile ?? `${baseDirectory}/configs/caddy/Caddyfile`,
    },
    admin: { email: file.admin.email ?? `admin@${file.domain}` },
    backups: { ...file.backups, directory: file.backups.directory ?? `${baseDirectory}/backups/nocodb` },
    consumers: consumersWithDefaults(file.consumers, { project, baseDirectory }),
    backend: backendWithDefaults(name, file.backend),
  };
}

/** Where the app keeps nocodb.env and its records on the environment's host. */
export function configDirectory({ baseDirectory }: Pick<Environment, "baseDirectory">): string {
  return `${baseDirectory}/configs/nocodb`;
}

function network(setting: EnvironmentFile["networks"]["backend"], defaultName: string): NetworkSetting {
  if (typeof setting === "string") return { name: setting };
  return { name: setting?.name ?? defaultName, ...(setting?.create && { create: setting.create }) };
}
