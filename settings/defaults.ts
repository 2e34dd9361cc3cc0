import { serverAddress } from "../constructs/postgres-database/server.js";
import { consumersWithDefaults } from "./consumers.js";
import { placesOf } from "./places.js";
import { backendWithDefaults } from "./rules/backend.js";
import { defaultMemory } from "./rules/memory.js";
import { STORAGE_SECRETS } from "./rules/storage.js";
import type { EnvironmentFile } from "./schema.js";

/** A network that NocoDB is attached to; without `create` it must exist on the host. */
export interface NetworkSetting {
  name: string;
  create?: { subnet?: string | undefined; internal: boolean };
}

/** One checked environment with every default filled in. Memory is in MiB; secrets and consumers are sorted by name. */
export type Environment = ReturnType<typeof withDefaults>;

/** Fills in the defaults that depend on the environment's name (which is also the id of its stack), project or domain. */
export function withDefaults(name: string, file: EnvironmentFile) {
  const { project } = file;
  const baseDirectory = file.baseDirectory ?? `/opt/${project}`;
  return {
    ...file,
    name,
    baseDirectory,
    memory: file.memory ?? defaultMemory(name, file.image),
    networks: networksWithDefaults(file.networks, project),
    postgresql: postgresqlWithDefaults(file.postgresql, { project, baseDirectory }),
    caddy: {
      ...file.caddy,
      container: file.caddy.container ?? `${project}_caddy`,
      caddyfile: file.caddy.caddyfile ?? `${baseDirectory}/configs/caddy/Caddyfile`,
    },
    admin: { email: file.admin.email ?? `admin@${file.domain}` },
    backups: {
      ...file.backups,
      directory: file.backups.directory ?? placesOf({ project, baseDirectory }).backupsDirectory,
      copy: file.backups.copyTo && {
        ...file.backups.copyTo,
        secretsDirectory: placesOf({ project, baseDirectory }).copySecretsDirectory,
      },
      verify: file.backups.verify === "off" ? undefined : file.backups.verify,
    },
    // A plan shows no change if only the order differs.
    secrets: [...new Set([...file.secrets, ...storageSecrets(file)])].sort(),
    consumers: consumersWithDefaults(file.consumers, { project, baseDirectory }),
    backend: backendWithDefaults(name, file.backend),
  };
}

/** The secrets that Redis and the bucket need. */
function storageSecrets({ redis, attachments }: EnvironmentFile): string[] {
  const password = redis?.password === "secret" ? STORAGE_SECRETS.redis : [];
  return [...password, ...(attachments?.s3 === undefined ? [] : STORAGE_SECRETS.s3)];
}

/** Where the service finds its PostgreSQL, and the word by which the host's programs know it. */
function postgresqlWithDefaults(
  { external, container, host = "postgresql", port = 5432, ...shared }: EnvironmentFile["postgresql"],
  place: { project: string; baseDirectory: string },
) {
  if (external === undefined) {
    return { ...shared, host, port, container: container ?? `${place.project}_postgresql`, tls: undefined };
  }
  const secretsDirectory = placesOf(place).postgresqlSecretsDirectory;
  const { host: address, port: itsPort, tls } = external;
  return { ...shared, host: address, port: itsPort, tls, container: serverAddress({ ...external, secretsDirectory }) };
}

/** The name of a network that the file says is on the host. */
function existing(setting: EnvironmentFile["networks"][string] | undefined): string | undefined {
  if (typeof setting !== "object") return setting;
  return setting.create === undefined ? setting.name : undefined;
}

/**
 * The networks by key: backend and frontend, which every service needs, and the further ones of the file. If the file
 * names one network of the host for both, frontend is left out.
 */
function networksWithDefaults(written: EnvironmentFile["networks"], project: string): Record<string, NetworkSetting> {
  const all: EnvironmentFile["networks"] = { backend: {}, frontend: {}, ...written };
  if (existing(all.backend) !== undefined && existing(all.backend) === existing(all.frontend)) delete all.frontend;
  const settings = Object.entries(all).map(([key, setting]) => {
    if (typeof setting === "string") return [key, { name: setting }] as const;
    const { name = `${project}_${key}`, create } = setting;
    return [
      key,
      { name, ...(create && { create: { ...create, internal: create.internal ?? key === "backend" } }) },
    ] as const;
  });
  return Object.fromEntries(settings);
}
